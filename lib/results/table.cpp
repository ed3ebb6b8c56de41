// path,rank,index,wnid,label,prob,error: k rows an image; one row, rank empty, for an input without
// labels.
#include <array>
#include <string>

#include <fmt/format.h>

#include "base/utf8.h"
#include "results/row_writer.h"

namespace imnet {
namespace {

using Fields = std::array<std::string, 7>;

std::string quote_csv(const std::string& field) {
    if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
    std::string quoted = "\"";
    for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

std::string escape_tsv(const std::string& field) {
    std::string escaped;
    for (const char c : field) {
        switch (c) {
            case '\t': escaped += "\\t"; break;
            case '\n': escaped += "\\n"; break;
            case '\r': escaped += "\\r"; break;
            case '\\': escaped += "\\\\"; break;
            default: escaped += c;
        }
    }
    return escaped;
}

struct Dialect {
    char separator;
    std::string_view line_end;
    std::string (*protect)(const std::string&);
};

constexpr Dialect csv{',', "\r\n", quote_csv};
constexpr Dialect tsv{'\t', "\n", escape_tsv};

class Table : public RowWriter {
public:
    Table(OutputFile& out, const Labels& labels, const Dialect& dialect)
        : out_(out), labels_(labels), dialect_(dialect) {
        write_line({"path", "rank", "index", "wnid", "label", "prob", "error"});
    }

    void write(const Row& row) override {
        const std::string path = replace_invalid_utf8(row.path);
        if (!row.top) {
            const InputError& error = row.top.error();
            write_line({path, "", "", "", "", "",
                        fmt::format("{}: {}", name(error.kind), replace_invalid_utf8(error.message))});
        } else if (row.top->empty()) {
            write_line({path, "", "", "", "", "", ""});
        } else {
            write_predictions(path, *row.top);
        }
        out_.flush();
    }

    void finish() override { out_.flush(); }

private:
    void write_predictions(const std::string& path, const std::vector<Prediction>& top) {
        int rank = 1;
        for (const Prediction& prediction : top) {
            const Label& label = labels_.at(static_cast<std::size_t>(prediction.index));
            write_line({path, fmt::format("{}", rank++), fmt::format("{}", prediction.index), label.wnid,
                        label.name, fmt::format("{}", prediction.probability), ""});
        }
    }

    void write_line(const Fields& fields) {
        std::string line;
        for (const std::string& field : fields) {
            if (&field != fields.data()) line += dialect_.separator;
            line += dialect_.protect(field);
        }
        out_.write(line.append(dialect_.line_end));
    }

    OutputFile& out_;
    const Labels& labels_;
    const Dialect& dialect_;
};

}  // namespace

std::unique_ptr<RowWriter> csv_writer(OutputFile& out, const Labels& labels) {
    return std::make_unique<Table>(out, labels, csv);
}

std::unique_ptr<RowWriter> tsv_writer(OutputFile& out, const Labels& labels) {
    return std::make_unique<Table>(out, labels, tsv);
}

}  // namespace imnet
