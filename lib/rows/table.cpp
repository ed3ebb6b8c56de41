// path,rank,index,wnid,label,prob,error,damaged: k lines for each image; one line with an empty rank for an
// input without predictions.
#include <array>
#include <string>

#include <fmt/format.h>

#include "base/utf8.h"
#include "rows/csv_field.h"
#include "rows/row_formatter.h"

namespace imnet {
namespace {

using Fields = std::array<std::string, 8>;

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

constexpr Dialect csv{',', "\r\n", csv_field};
constexpr Dialect tsv{'\t', "\n", escape_tsv};

class Table : public RowFormatter {
public:
    Table(const ClassNames& class_names, Format format, const Dialect& dialect)
        : class_names_(class_names), format_(format), dialect_(dialect) {}

    std::string head() const override { return std::string(table_header(format_)); }

    std::string row(const Row& row) override {
        const std::string path = replace_invalid_utf8(row.path);
        if (!row.top) {
            const InputError& error = row.top.error();
            return line({path, "", "", "", "", "",
                         fmt::format("{}: {}", name(error.kind), replace_invalid_utf8(error.message)), ""});
        }
        if (row.top->empty()) return line({path, "", "", "", "", "", "", row.damage});
        return predictions(path, row);
    }

private:
    std::string predictions(const std::string& path, const Row& row) const {
        std::string lines;
        int rank = 1;
        for (const Prediction& prediction : *row.top) {
            const ClassName& class_name = class_names_.at(static_cast<std::size_t>(prediction.index));
            lines +=
                line({path, fmt::format("{}", rank++), fmt::format("{}", prediction.index), class_name.wnid,
                      class_name.name, fmt::format("{}", prediction.probability), "", row.damage});
        }
        return lines;
    }

    std::string line(const Fields& fields) const {
        std::string line;
        for (const std::string& field : fields) {
            if (&field != fields.data()) line += dialect_.separator;
            line += dialect_.protect(field);
        }
        return line.append(dialect_.line_end);
    }

    const ClassNames& class_names_;
    Format format_;
    const Dialect& dialect_;
};

}  // namespace

std::string_view table_header(Format format) {
    return format == Format::csv ? "path,rank,index,wnid,label,prob,error,damaged\r\n"
                                 : "path\trank\tindex\twnid\tlabel\tprob\terror\tdamaged\n";
}

std::unique_ptr<RowFormatter> csv_formatter(const ClassNames& class_names) {
    return std::make_unique<Table>(class_names, Format::csv, csv);
}

std::unique_ptr<RowFormatter> tsv_formatter(const ClassNames& class_names) {
    return std::make_unique<Table>(class_names, Format::tsv, tsv);
}

}  // namespace imnet
