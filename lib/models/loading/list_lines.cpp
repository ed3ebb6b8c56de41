#include "models/loading/list_lines.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <set>

#include "base/lower_case.h"

namespace imnet {
namespace {

constexpr std::string_view separators = ",;:\t ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> as_index(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size() && number >= 0;
    return whole ? std::optional(number) : std::nullopt;
}

bool is_wnid(std::string_view text) {
    return text.size() == 9 && text.front() == 'n' && std::all_of(text.begin() + 1, text.end(), is_digit);
}

/// Whether it is rather a piece of JSON, Python or a table than a name.
bool is_code(std::string_view text) {
    constexpr std::string_view starts = "{}[]\"";
    constexpr std::string_view ends = "{}[]\",";
    return text.empty() || starts.find(text.front()) != std::string_view::npos ||
           ends.find(text.back()) != std::string_view::npos ||
           text.find_first_of(";\t") != std::string_view::npos ||
           (text.front() == '\'' && text.back() == '\'');
}

std::optional<ListedClass> listed(std::string_view name, std::string_view wnid,
                                  std::optional<std::int64_t> index) {
    if (is_code(name)) return std::nullopt;
    return ListedClass{{std::string(name), std::string(wnid)}, index};
}

/// The first word of the line and what is behind the separator after it.
std::pair<std::string_view, std::string_view> split_first(std::string_view line) {
    const std::size_t end = line.find_first_of(separators);
    if (end == std::string_view::npos) return {line, {}};
    const std::size_t next = line.find_first_not_of(separators, end);
    return {line.substr(0, end), next == std::string_view::npos ? std::string_view() : line.substr(next)};
}

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    for (std::size_t begin = 0; begin <= line.size();) {
        const std::size_t end = std::min(line.find(',', begin), line.size());
        fields.push_back(without_blanks(line.substr(begin, end - begin)));
        begin = end + 1;
    }
    return fields;
}

/// Of several columns of text, the one that the header calls so.
bool is_name_of_names(std::string_view title) {
    static const std::set<std::string, std::less<>> titles{"name",  "label",      "class",       "class_name",
                                                           "words", "label_name", "description", "category"};
    return titles.contains(lower_case(std::string(title)));
}

}  // namespace

std::string_view without_blanks(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::optional<ListedClass> number_first(std::string_view line) {
    const auto [number, name] = split_first(line);
    const auto index = as_index(number);
    return index ? listed(name, "", index) : std::nullopt;
}

std::optional<ListedClass> number_last(std::string_view line) {
    const std::size_t separator = line.find_last_of(",;:\t");
    if (separator == std::string_view::npos) return std::nullopt;
    const auto index = as_index(without_blanks(line.substr(separator + 1)));
    return index ? listed(without_blanks(line.substr(0, separator)), "", index) : std::nullopt;
}

std::optional<ListedClass> wnid_first(std::string_view line) {
    const auto [wnid, name] = split_first(line);
    return is_wnid(wnid) ? listed(name, wnid, std::nullopt) : std::nullopt;
}

std::optional<ListedClass> name_alone(std::string_view line) {
    if (number_first(line) || number_last(line) || wnid_first(line)) return std::nullopt;
    return listed(line, "", std::nullopt);
}

std::optional<std::vector<ListedClass>> csv_with_header(const std::vector<std::string_view>& lines) {
    if (lines.size() < 2) return std::nullopt;
    const std::vector<std::string_view> titles = fields_of(lines.front());
    std::vector<std::vector<std::string_view>> rows;
    for (std::size_t line = 1; line < lines.size(); ++line) {
        rows.push_back(fields_of(lines[line]));
        if (rows.back().size() != titles.size()) return std::nullopt;
    }
    std::optional<std::size_t> index, wnid, name;
    bool several = false;
    for (std::size_t column = 0; column < titles.size(); ++column) {
        const auto all = [&](auto&& matches) {
            return std::ranges::all_of(rows, [&](const auto& row) { return matches(row[column]); });
        };
        if (titles[column].empty() || as_index(titles[column])) return std::nullopt;
        if (!index && all([](std::string_view field) { return as_index(field).has_value(); })) {
            index = column;
        } else if (!wnid && all(is_wnid)) {
            wnid = column;
        } else if (!name || is_name_of_names(titles[column])) {
            several = several || (name && is_name_of_names(titles[*name]));
            name = column;
        }
    }
    if (!index || !name || several) return std::nullopt;
    std::vector<ListedClass> classes;
    for (const auto& row : rows) {
        const auto each = listed(row[*name], wnid ? row[*wnid] : "", as_index(row[*index]));
        if (!each) return std::nullopt;
        classes.push_back(*each);
    }
    return classes;
}

}  // namespace imnet
