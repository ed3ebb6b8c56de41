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

// The classes of a model by all that they may be called.
class Catalogue {
public:
    explicit Catalogue(const ClassNames& model) : size_(model.size()) {
        int index = 0;
        for (const ClassName& label : model) {
            names_[label.name].insert(index);
            simple_names_[as_in_folders(label.name)].insert(index);
            if (!label.wnid.empty()) wnids_[label.wnid].insert(index);
            numbers_are_names_ = numbers_are_names_ || is_number(label.name);
            ++index;
        }
    }

    std::size_t size() const { return size_; }
    bool numbers_are_names() const { return numbers_are_names_; }
    // By exactly this name or wnid.
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

    void map(const std::string& label) {
        const bool stated = numbers_ == Numbers::index || numbers_ == Numbers::ilsvrc2012_id;
        if (stated && is_number(label)) return map_number(label);
        Indices found = catalogue_.called(label);
        if (!found.empty())
            return take(label, found, catalogue_.is_wnid(label) ? mapping.by_wnid : mapping.by_name);
        found = catalogue_.nearly_named(label);
        if (!found.empty()) return take(label, found, mapping.by_name);
        if (is_number(label)) return map_number(label);
        mapping.unknown.push_back(label);
    }

    ClassMapping mapping;

private:
    void map_number(const std::string& label) {
        if (numbers_ == Numbers::ilsvrc2012_id) {
            const auto id = number_in(label, 1, ids_.size());
            return take(label, id ? catalogue_.called(ids_[*id - 1]) : Indices{}, mapping.by_id);
        }
        const bool may_be_index = numbers_ == Numbers::index || !catalogue_.numbers_are_names();
        if (numbers_ == Numbers::unstated && may_be_index) return mapping.unstated.push_back(label);
        const auto index = number_in(label, 0, catalogue_.size() - 1);
        take(label, index && may_be_index ? Indices{static_cast<int>(*index)} : Indices{}, mapping.by_index);
    }

    void take(const std::string& label, const Indices& found, std::size_t& count) {
        if (found.empty()) return mapping.unknown.push_back(label);
        if (found.size() > 1) return mapping.ambiguous.push_back(label);
        mapping.classes.emplace(label, *found.begin());
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

ClassMapping map_targets(const ClassNames& model, const std::set<std::string>& labels, Numbers numbers) {
    Mapper mapper(model, numbers);
    for (const std::string& label : labels) mapper.map(label);
    return std::move(mapper.mapping);
}

}  // namespace imnet
