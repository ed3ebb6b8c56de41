#include "rows/row_formatter.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace imnet {
namespace {

constexpr std::array<std::pair<Format, std::string_view>, 5> names{{{Format::text, "text"},
                                                                    {Format::json, "json"},
                                                                    {Format::jsonl, "jsonl"},
                                                                    {Format::csv, "csv"},
                                                                    {Format::tsv, "tsv"}}};

}  // namespace

std::optional<Format> format_named(std::string_view name) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.second == name; });
    return found == names.end() ? std::nullopt : std::optional(found->first);
}

std::string_view name(Format format) {
    return std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.first == format; })
        ->second;
}

std::unique_ptr<RowFormatter> row_formatter(Format format, const ClassNames& class_names, bool decorated) {
    switch (format) {
        case Format::text: return text_formatter(class_names, decorated);
        case Format::json: return json_formatter(class_names);
        case Format::jsonl: return jsonl_formatter(class_names);
        case Format::csv: return csv_formatter(class_names);
        case Format::tsv: return tsv_formatter(class_names);
    }
    std::abort();
}

}  // namespace imnet
