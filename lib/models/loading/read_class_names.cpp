#include "models/loading/read_class_names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/utf8.h"
#include "models/loading/list_lines.h"

namespace imnet {
namespace {

/// Throws ModelError about the file.
class Complaint {
public:
    explicit Complaint(const std::filesystem::path& path) : path_(path) {}

    [[noreturn]] void operator()(std::string_view what) const {
        throw ModelError(fmt::format("{}: {}", path_.native(), what));
    }

private:
    const std::filesystem::path& path_;
};

std::string read_text(const std::filesystem::path& path, const Complaint& refuse) {
    std::ifstream file(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (!file.is_open() || file.bad()) refuse("the class names cannot be read");
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") || text.find('\0') != std::string::npos)
        refuse("this is UTF-16, not UTF-8: save the class names as UTF-8");
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // byte order mark
    return text;
}

/// Lines without blanks at their ends; those at the end of the file that are empty do not count.
std::vector<std::string_view> lines_of(std::string_view text, const Complaint& refuse) {
    std::vector<std::string_view> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(without_blanks(text.substr(begin, end - begin)));
        begin = end + 1;
    }
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].empty())
            refuse(fmt::format("line {} is empty: one class name a line, in index order", i + 1));
        if (!is_utf8(lines[i])) refuse(fmt::format("line {} is not UTF-8", i + 1));
    }
    return lines;
}

/// The classes in the order of their indices, which have to be 0, 1, 2 … each once; without indices in that
/// of the list.
ClassNames in_order(const std::vector<ListedClass>& classes, const Complaint& refuse) {
    ClassNames ordered(classes.size());
    for (std::size_t i = 0; i < classes.size(); ++i) {
        const auto index = static_cast<std::size_t>(classes[i].index.value_or(static_cast<std::int64_t>(i)));
        if (index >= ordered.size() || !ordered[index].name.empty()) {
            refuse(fmt::format(
                "the number {} of '{}' is not an index: the classes need the numbers 0 to {}, each "
                "once",
                index, classes[i].name.name, ordered.size() - 1));
        }
        ordered[index] = classes[i].name;
    }
    return ordered;
}

std::optional<std::int64_t> as_number(std::string_view text) {
    const auto parsed = number_first(std::string(text) + " x");
    return parsed ? parsed->index : std::nullopt;
}

bool is_printable(std::string_view name) {
    return !name.empty() && std::ranges::none_of(name, [](char c) { return c >= 0 && c < ' '; });
}

/// A name, or a pair of a wnid and a name.
std::optional<ClassName> class_of(const Json& value) {
    if (value.is_string()) {
        std::string name = value.get<std::string>();
        return is_printable(name) ? std::optional(ClassName{std::move(name), ""}) : std::nullopt;
    }
    if (!value.is_array() || value.size() != 2 || !value.at(0).is_string() || !value.at(1).is_string())
        return std::nullopt;
    std::string name = value.at(1).get<std::string>();
    if (!is_printable(name)) return std::nullopt;
    return ClassName{std::move(name), value.at(0).get<std::string>()};
}

ListedClass listed_in_json(const std::string& key, const Json& value, const Complaint& refuse) {
    const auto number = as_number(key);
    const auto named = class_of(value);
    if (number && named) return {*named, number};
    if (is_printable(key) && value.is_integer() && value.get<std::int64_t>() >= 0)
        return {{key, ""}, value.get<std::int64_t>()};
    refuse(fmt::format(
        R"(its JSON holds "{}": {}, which is neither an index with a name nor a name with an index)", key,
        value.dump()));
}

std::vector<ListedClass> classes_in_json(const Json& json, const Complaint& refuse) {
    std::vector<ListedClass> classes;
    if (json.is_array()) {
        for (const Json& element : json.elements()) {
            const auto named = class_of(element);
            if (!named) refuse(fmt::format("its JSON holds {}, which is not a class name", element.dump()));
            classes.push_back({*named, std::nullopt});
        }
        return classes;
    }
    for (const auto& [key, value] : json.members()) classes.push_back(listed_in_json(key, value, refuse));
    return classes;
}

/// The form that most lines have has to be that of all.
std::vector<ListedClass> classes_in_lines(const std::vector<std::string_view>& lines,
                                          const Complaint& refuse) {
    if (auto table = csv_with_header(lines)) return *std::move(table);
    struct Form {
        ParseLine parse;
        std::string_view example;
    };
    constexpr std::array forms{Form{name_alone, "tench"}, Form{number_first, "0 tench"},
                               Form{number_last, "tench,0"}, Form{wnid_first, "n01440764 tench"}};
    const auto count = [&](const Form& form) {
        return std::ranges::count_if(lines,
                                     [&](std::string_view line) { return form.parse(line).has_value(); });
    };
    const Form* usual = forms.data();
    for (const Form& form : forms)
        if (count(form) > count(*usual)) usual = &form;
    std::vector<ListedClass> classes;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto parsed = usual->parse(lines[i]);
        if (!parsed) {
            const std::string_view shown = lines[i].substr(0, 60);
            refuse(fmt::format(
                "line {} is '{}', not of the form '{}': give one class name a line, in index order, "
                "or JSON such as [\"tench\", \"goldfish\"]",
                i + 1, is_utf8(shown) ? shown : lines[i], usual->example));
        }
        classes.push_back(*parsed);
    }
    return classes;
}

/// The JSON that the whole text is; null for other texts. A list of names may begin with a bracket, too.
Json json_of(std::string_view text) {
    const std::string_view start = without_blanks(text);
    if (!start.starts_with('{') && !start.starts_with('[')) return nullptr;
    return Json::parse_or_null(text);
}

}  // namespace

ClassNames read_class_names(const std::filesystem::path& path, int classes) {
    const Complaint refuse(path);
    const std::string text = read_text(path, refuse);
    const Json json = json_of(text);
    const ClassNames names = in_order(
        json.is_null() ? classes_in_lines(lines_of(text, refuse), refuse) : classes_in_json(json, refuse),
        refuse);
    if (names.size() != static_cast<std::size_t>(classes))
        refuse(fmt::format("{} class names for a model with {} outputs", names.size(), classes));
    return names;
}

}  // namespace imnet
