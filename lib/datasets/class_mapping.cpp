#include "datasets/class_mapping.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

namespace imnet {
namespace {

using Indices = std::set<int>;

bool is_number(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::size_t> number_in(std::string_view text, std::size_t smallest, std::size_t largest) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < smallest || number > largest) return std::nullopt;
    return number;
}

std::string as_in_folders(std::string_view name) {
    std::string simple(name);
    for (char& c : simple) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '_' || c == '/') c = ' ';
    }
    return simple;
}

// The classes of a model, by everything that a target may call them.
class Catalogue {
public:
    explicit Catalogue(const ClassNames& model) : size_(model.size()) {
        int index = 0;
        for (const ClassName& class_name : model) {
            names_[class_name.name].insert(index);
            simple_names_[as_in_folders(class_name.name)].insert(index);
            if (!class_name.wnid.empty()) wnids_[class_name.wnid].insert(index);
            numbers_are_names_ = numbers_are_names_ || is_number(class_name.name);
            ++index;
        }
    }

    std::size_t size() const { return size_; }
    bool numbers_are_names() const { return numbers_are_names_; }
    // The classes with exactly this name or wnid.
    Indices called(const std::string& text) const {
        Indices found = in(names_, text);
        found.merge(in(wnids_, text));
        return found;
    }
    bool is_wnid(const std::string& text) const { return wnids_.count(text) > 0; }
    Indices nearly_named(const std::string& text) const { return in(simple_names_, as_in_folders(text)); }

private:
    using Index = std::unordered_map<std::string, Indices>;

    static Indices in(const Index& index, const std::string& text) {
        const auto found = index.find(text);
        return found == index.end() ? Indices{} : found->second;
    }

    std::size_t size_;
    bool numbers_are_names_ = false;
    Index names_, simple_names_, wnids_;
};

class Mapper {
public:
    Mapper(const ClassNames& model, Numbers numbers) : catalogue_(model), numbers_(numbers) {}

    void map(const std::string& target) {
        const bool stated = numbers_ == Numbers::index || numbers_ == Numbers::ilsvrc2012_id;
        if (stated && is_number(target)) return map_number(target);
        Indices found = catalogue_.called(target);
        if (!found.empty())
            return take(target, found, catalogue_.is_wnid(target) ? mapping.by_wnid : mapping.by_name);
        found = catalogue_.nearly_named(target);
        if (!found.empty()) return take(target, found, mapping.by_name);
        if (is_number(target)) return map_number(target);
        mapping.unknown.push_back(target);
    }

    ClassMapping mapping;

private:
    void map_number(const std::string& target) {
        if (numbers_ == Numbers::ilsvrc2012_id) {
            const auto id = number_in(target, 1, ids_.size());
            return take(target, id ? catalogue_.called(ids_[*id - 1]) : Indices{}, mapping.by_id);
        }
        const bool may_be_index = numbers_ == Numbers::index || !catalogue_.numbers_are_names();
        if (numbers_ == Numbers::unstated && may_be_index) return mapping.unstated.push_back(target);
        const auto index = number_in(target, 0, catalogue_.size() - 1);
        take(target, index && may_be_index ? Indices{static_cast<int>(*index)} : Indices{}, mapping.by_index);
    }

    void take(const std::string& target, const Indices& found, std::size_t& count) {
        if (found.empty()) return mapping.unknown.push_back(target);
        if (found.size() > 1) return mapping.ambiguous.push_back(target);
        mapping.classes.emplace(target, *found.begin());
        ++count;
    }

    Catalogue catalogue_;
    Numbers numbers_;
    std::vector<std::string> ids_ = ilsvrc2012_wnids();
};

}  // namespace

std::string ClassMapping::summary() const {
    std::string text;
    const auto add = [&](std::size_t count, std::string_view way) {
        if (count > 0) text += fmt::format("{}{} by {}", text.empty() ? "" : ", ", count, way);
    };
    add(by_name, "name");
    add(by_wnid, "wnid");
    add(by_index, "index (from 0)");
    add(by_id, "ILSVRC2012_ID");
    return text.empty() ? "none" : text;
}

ClassMapping map_targets(const ClassNames& model, const std::set<std::string>& targets, Numbers numbers) {
    Mapper mapper(model, numbers);
    for (const std::string& target : targets) mapper.map(target);
    return std::move(mapper.mapping);
}

}  // namespace imnet
