#include "models/class_names.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "models/embedded.h"

namespace imnet {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

// Whether the text is one of the words in a name such as "tabby, tabby cat".
bool lists_word(std::string_view name, std::string_view word) {
    constexpr std::string_view separator = ", ";
    for (std::size_t end = 0; end != std::string_view::npos;) {
        end = name.find(separator);
        if (equal_ignoring_case(name.substr(0, end), word)) return true;
        if (end != std::string_view::npos) name.remove_prefix(end + separator.size());
    }
    return false;
}

template <typename Predicate>
std::vector<int> indices_where(const ClassNames& class_names, Predicate matches) {
    std::vector<int> found;
    for (std::size_t index = 0; index < class_names.size(); ++index)
        if (matches(class_names[index])) found.push_back(static_cast<int>(index));
    return found;
}

ClassNames larger_imagenet(bool only_12k) {
    ClassNames class_names;
    class_names.reserve(21'843);
    for (const std::vector<std::string_view>& fields : table_rows(imagenet21k_classes_table)) {
        if (!only_12k || fields.at(1) == "yes")
            class_names.push_back({std::string(fields.at(2)), std::string(fields.at(0))});
    }
    return class_names;
}

}  // namespace

ClassNames imagenet_class_names() {
    ClassNames class_names;
    class_names.reserve(1000);
    for (const std::vector<std::string_view>& fields : table_rows(imagenet_classes_table)) {
        class_names.push_back({std::string(fields.at(2)), std::string(fields.at(1))});
    }
    return class_names;
}

ClassNames imagenet21k_class_names() { return larger_imagenet(false); }

ClassNames imagenet12k_class_names() { return larger_imagenet(true); }

ClassNames class_names_of_head(int classes) {
    switch (classes) {
        case 1000: return imagenet_class_names();
        case 11'821: return imagenet12k_class_names();
        case 21'843: return imagenet21k_class_names();
        default: return numbered_class_names(classes);
    }
}

std::vector<std::string> ilsvrc2012_wnids() {
    std::vector<std::string> wnids(1000);
    for (const std::vector<std::string_view>& fields : table_rows(imagenet_classes_table)) {
        std::size_t id = 0;
        std::from_chars(fields.at(3).data(), fields.at(3).data() + fields.at(3).size(), id);
        wnids.at(id - 1) = fields.at(1);
    }
    return wnids;
}

ClassNames numbered_class_names(int classes) {
    ClassNames class_names;
    for (int index = 0; index < classes; ++index) class_names.push_back({fmt::format("class {}", index), ""});
    return class_names;
}

ClassNames class_names_of_folders(std::span<const std::string> folders) {
    std::map<std::string_view, std::string_view> names;
    const ClassNames imagenet = imagenet_class_names();
    for (const ClassName& class_name : imagenet) names.emplace(class_name.wnid, class_name.name);
    const bool wnids = std::all_of(folders.begin(), folders.end(),
                                   [&](const std::string& folder) { return names.contains(folder); });
    ClassNames class_names;
    for (const std::string& folder : folders) {
        class_names.push_back(wnids ? ClassName{std::string(names.at(folder)), folder}
                                    : ClassName{folder, ""});
    }
    return class_names;
}

std::vector<int> find_classes(const ClassNames& class_names, std::string_view text) {
    std::vector<int> found = indices_where(class_names, [&](const ClassName& each) {
        return equal_ignoring_case(each.name, text) || (!each.wnid.empty() && each.wnid == text);
    });
    if (!found.empty()) return found;
    found = indices_where(class_names, [&](const ClassName& each) { return lists_word(each.name, text); });
    if (!found.empty()) return found;
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error == std::errc{} && end == text.data() + text.size() && index < class_names.size()) {
        found.push_back(static_cast<int>(index));
    }
    return found;
}

}  // namespace imnet
