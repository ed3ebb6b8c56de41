// Only the path of a row and whether it failed are read. The rest needs no check, because this program wrote
// the rows, and OUT.run.json says with which settings.
#include "runs/stored_rows.h"

#include <array>
#include <charconv>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/utf8.h"
#include "runs/lines.h"

namespace imnet {
namespace {

struct JsonHead {
    std::string path;
    bool failed = false;
};

// Removes the JSON string at the start of `text` and gives its value.
std::optional<std::string> take_string(std::string_view& text) {
    std::size_t end = 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    if (!text.starts_with('"') || end >= text.size()) return std::nullopt;
    const Json value = Json::parse_or_null(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
    if (!value.is_string()) return std::nullopt;
    return value.get<std::string>();
}

bool take(std::string_view& text, std::string_view start) {
    if (!text.starts_with(start)) return false;
    text.remove_prefix(start.size());
    return true;
}

// {"path":"…","path_base64":"…","top":[…]} or with "error" instead of "top".
std::optional<JsonHead> parse_object(std::string_view line) {
    if (!line.ends_with("}\n") || !take(line, R"({"path":)")) return std::nullopt;
    auto path = take_string(line);
    if (path && take(line, R"(,"path_base64":)")) {
        const auto encoded = take_string(line);
        path = encoded ? bytes_of_base64(*encoded) : std::nullopt;
    }
    if (!path) return std::nullopt;
    if (take(line, R"(,"error":{)")) return JsonHead{std::move(*path), true};
    if (take(line, R"(,"top":[)")) return JsonHead{std::move(*path), false};
    return std::nullopt;
}

struct TableLine {
    std::string path;
    std::size_t rank = 0;  // 0 where it has none
    bool failed = false;
};

std::string unescape_tsv(std::string_view field) {
    std::string text;
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] != '\\' || i + 1 == field.size()) {
            text += field[i];
            continue;
        }
        const char c = field[++i];
        text += c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }
    return text;
}

using Fields = std::array<std::string, 8>;

std::optional<Fields> split_tsv(std::string_view line) {
    if (!line.ends_with('\n')) return std::nullopt;
    line.remove_suffix(1);
    Fields fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::size_t tab = line.find('\t');
        if ((tab == std::string_view::npos) != (i + 1 == fields.size())) return std::nullopt;
        fields[i] = unescape_tsv(line.substr(0, tab));
        line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
    }
    return fields;
}

std::optional<std::string> take_csv_field(std::string_view& line) {
    if (!line.starts_with('"')) {
        const std::size_t end = std::min(line.find(','), line.size());
        std::string field(line.substr(0, end));
        line.remove_prefix(end);
        return field;
    }
    std::string field;
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (line[i] != '"') {
            field += line[i];
        } else if (i + 1 < line.size() && line[i + 1] == '"') {
            field += line[i++];
        } else {
            line.remove_prefix(i + 1);
            return field;
        }
    }
    return std::nullopt;
}

std::optional<Fields> split_csv(std::string_view line) {
    if (!line.ends_with("\r\n")) return std::nullopt;
    line.remove_suffix(2);
    Fields fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0 && !take(line, ",")) return std::nullopt;
        auto field = take_csv_field(line);
        if (!field) return std::nullopt;
        fields[i] = std::move(*field);
    }
    return line.empty() ? std::optional(std::move(fields)) : std::nullopt;
}

std::optional<TableLine> parse_table_line(std::string_view line, Format format) {
    auto fields = format == Format::csv ? split_csv(line) : split_tsv(line);
    if (!fields) return std::nullopt;
    TableLine parsed{std::move((*fields)[0]), 0, !(*fields)[6].empty()};
    const std::string& rank = (*fields)[1];
    if (rank.empty()) return parsed;
    const auto [stop, error] = std::from_chars(rank.data(), rank.data() + rank.size(), parsed.rank);
    const bool whole = error == std::errc{} && stop == rank.data() + rank.size() && parsed.rank > 0;
    return whole && !parsed.failed ? std::optional(std::move(parsed)) : std::nullopt;
}

}  // namespace

std::string stored_path(const std::string& path, Format format) {
    return format == Format::jsonl ? path : replace_invalid_utf8(path);
}

class StoredRows::Reader {
public:
    Reader(std::filesystem::path path, Format format, std::size_t lines_per_image, bool complete)
        : lines_(std::move(path), format == Format::csv),
          format_(format),
          lines_per_image_(lines_per_image),
          complete_(complete) {
        if (format == Format::jsonl) return;
        const auto header = lines_.next();
        if (!header) return;
        if (*header != table_header(format)) refuse();
        end_ = header->size();
    }

    std::optional<StoredRow> next() {
        if (ended_) return std::nullopt;
        auto row = format_ == Format::jsonl ? next_object() : next_group();
        if (row) {
            end_ += row->bytes.size();
        } else {
            ended_ = true;
        }
        return row;
    }

    std::uint64_t end() const { return end_; }

private:
    std::optional<StoredRow> next_object() {
        const auto line = lines_.next();
        if (!line) return std::nullopt;
        auto head = parse_object(*line);
        if (!head) refuse();
        return StoredRow{std::move(head->path), head->failed, std::string(*line)};
    }

    // The lines of an image have the ranks 1, 2 … The last image is complete only if it has all its lines or
    // another image follows.
    std::optional<StoredRow> next_group() {
        if (!ahead_ && !read_ahead()) return std::nullopt;
        StoredRow row{ahead_->path, ahead_->failed, std::exchange(ahead_bytes_, {})};
        std::size_t rank = std::exchange(ahead_, std::nullopt)->rank;
        if (rank == 0) return row;
        if (rank != 1) refuse();
        while (rank < lines_per_image_) {
            if (!read_ahead()) return complete_ ? std::optional(std::move(row)) : std::nullopt;
            if (ahead_->rank != rank + 1) {
                if (ahead_->rank > 1) refuse();
                return row;
            }
            if (ahead_->path != row.path) refuse();
            row.bytes += std::exchange(ahead_bytes_, {});
            rank = std::exchange(ahead_, std::nullopt)->rank;
        }
        return row;
    }

    bool read_ahead() {
        const auto line = lines_.next();
        if (!line) return false;
        ahead_ = parse_table_line(*line, format_);
        if (!ahead_) refuse();
        ahead_bytes_ = *line;
        return true;
    }

    [[noreturn]] void refuse() const {
        throw UsageError(
            fmt::format("{}: line {} is not a {} row of imnet, so the file was changed: choose another -o",
                        lines_.path().native(), lines_.number(), name(format_)));
    }

    Lines lines_;
    Format format_;
    std::size_t lines_per_image_;
    bool complete_;
    std::optional<TableLine> ahead_;  // a line that was read but not used yet
    std::string ahead_bytes_;
    std::uint64_t end_ = 0;
    bool ended_ = false;
};

StoredRows::StoredRows(std::filesystem::path path, Format format, std::size_t lines_per_image, bool complete)
    : reader_(std::make_unique<Reader>(std::move(path), format, lines_per_image, complete)) {}
StoredRows::~StoredRows() = default;
StoredRows::StoredRows(StoredRows&&) noexcept = default;
StoredRows& StoredRows::operator=(StoredRows&&) noexcept = default;

std::optional<StoredRow> StoredRows::next() { return reader_->next(); }

std::uint64_t StoredRows::end() const { return reader_->end(); }

}  // namespace imnet
