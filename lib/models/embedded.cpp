#include "models/embedded.h"

namespace imnet {
namespace {

std::string_view take_until(std::string_view& text, char separator) {
    const std::size_t end = text.find(separator);
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return field;
}

}  // namespace

std::vector<std::vector<std::string_view>> table_rows(std::string_view table) {
    std::vector<std::vector<std::string_view>> rows;
    take_until(table, '\n');  // the header
    while (!table.empty()) {
        std::string_view line = take_until(table, '\n');
        std::vector<std::string_view> fields;
        while (!line.empty()) fields.push_back(take_until(line, '\t'));
        rows.push_back(std::move(fields));
    }
    return rows;
}

}  // namespace imnet
