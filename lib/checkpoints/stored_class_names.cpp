#include "checkpoints/stored_class_names.h"

#include <cstdint>
#include <variant>

#include "base/utf8.h"

namespace imnet {
namespace {

using pickle::Value;

// The name, where it can be shown; empty for every other value.
std::string as_name(const Value& value) {
    const auto* text = std::get_if<pickle::Text>(&value);
    return text != nullptr && is_utf8(text->characters) ? std::string(text->characters) : "";
}

std::vector<std::string> from_list(const pickle::Sequence& list) {
    std::vector<std::string> names;
    for (const Value& item : list.items) {
        names.push_back(as_name(item));
        if (names.back().empty()) return {};
    }
    return names;
}

std::vector<std::string> from_indices(const pickle::Dict& indices) {
    std::vector<std::string> names(indices.items.size());
    for (const auto& [key, value] : indices.items) {
        const auto* index = std::get_if<std::int64_t>(&value);
        if (index == nullptr || *index < 0 || *index >= static_cast<std::int64_t>(names.size())) return {};
        std::string& name = names[static_cast<std::size_t>(*index)];
        if (!name.empty()) return {};  // two names for one index
        name = as_name(key);
        if (name.empty()) return {};
    }
    return names;
}

}  // namespace

std::vector<std::string> class_names_beside(const pickle::Dict& checkpoint) {
    for (const char* key : {"classes", "class_names", "CLASSES"}) {
        const Value* value = checkpoint.find(key);
        const auto* list = value == nullptr ? nullptr : std::get_if<pickle::Sequence*>(value);
        if (list != nullptr) return from_list(**list);
    }
    const Value* value = checkpoint.find("class_to_idx");
    const auto* indices = value == nullptr ? nullptr : std::get_if<pickle::Dict*>(value);
    return indices == nullptr ? std::vector<std::string>{} : from_indices(**indices);
}

}  // namespace imnet
