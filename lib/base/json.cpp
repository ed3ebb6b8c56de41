#include "base/json.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace imnet {
namespace {

using Library = nlohmann::ordered_json;

// Values are copied and destroyed by recursion, so a hostile text must not nest them deeper.
constexpr std::size_t deepest = 200;

// Of several members with the same name, the first keeps its place and gets the last value.
void merge_equal_keys(Json::Object& members) {
    std::vector<std::size_t> order(members.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return members[a].first < members[b].first; });
    std::vector<bool> gone(members.size());
    bool any = false;
    for (std::size_t i = 1, first = 0; i < order.size(); ++i) {
        if (members[order[i]].first != members[order[first]].first) {
            first = i;
            continue;
        }
        members[order[first]].second = std::move(members[order[i]].second);
        gone[order[i]] = any = true;
    }
    if (!any) return;
    Json::Object kept;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (!gone[i]) kept.push_back(std::move(members[i]));
    }
    members = std::move(kept);
}

// Builds the value from the events of the parser.
class Builder : public nlohmann::json_sax<Library> {
public:
    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(std::int64_t value) override { return add(value); }
    bool number_unsigned(std::uint64_t value) override { return add(value); }
    bool number_float(double value, const std::string&) override { return add(value); }
    bool string(std::string& text) override { return add(std::move(text)); }
    bool binary(binary_t&) override { return false; }
    bool key(std::string& text) override {
        open_.back().key = std::move(text);
        return true;
    }
    bool start_object(std::size_t) override { return open({.object = true}); }
    bool start_array(std::size_t) override { return open({.object = false}); }
    bool end_object() override {
        merge_equal_keys(open_.back().members);
        Json::Object members = std::move(open_.back().members);
        open_.pop_back();
        return add(std::move(members));
    }
    bool end_array() override {
        Json::Array elements = std::move(open_.back().elements);
        open_.pop_back();
        return add(std::move(elements));
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        problem = error.what();
        return false;
    }

    Json result;
    std::string problem;

private:
    struct Open {
        bool object = false;
        std::string key{};
        Json::Object members{};
        Json::Array elements{};
    };

    bool open(Open container) {
        if (open_.size() == deepest) {
            problem = fmt::format("more than {} arrays and objects inside one another", deepest);
            return false;
        }
        open_.push_back(std::move(container));
        return true;
    }

    bool add(Json value) {
        if (open_.empty()) {
            result = std::move(value);
        } else if (open_.back().object) {
            open_.back().members.emplace_back(std::move(open_.back().key), std::move(value));
        } else {
            open_.back().elements.push_back(std::move(value));
        }
        return true;
    }

    std::vector<Open> open_;
};

}  // namespace

/// Converts a value to one of the JSON library.
class JsonWriter {
public:
    static Library of(const Json& json) {
        return std::visit([](const auto& value) { return of(value); }, json.value_);
    }

private:
    static Library of(const auto& scalar) { return scalar; }
    static Library of(const Json::Array& elements) {
        Library array = Library::array();
        for (const Json& element : elements) array.push_back(of(element));
        return array;
    }
    static Library of(const Json::Object& members) {
        Library::object_t object;
        object.reserve(members.size());
        for (const auto& [key, value] : members) object.push_back({key, of(value)});
        return object;
    }
};

Json Json::array(std::initializer_list<Json> values) { return Array(values); }

Json Json::parse(std::string_view text) {
    Builder builder;
    if (!Library::sax_parse(text, &builder)) throw JsonError(builder.problem);
    return std::move(builder.result);
}

Json Json::parse_or_null(std::string_view text) {
    Builder builder;
    return Library::sax_parse(text, &builder) ? std::move(builder.result) : Json();
}

std::string Json::dump(int indent) const {
    return JsonWriter::of(*this).dump(indent, ' ', false, Library::error_handler_t::replace);
}

std::size_t Json::size() const {
    if (const auto* array = std::get_if<Array>(&value_)) return array->size();
    const auto* object = std::get_if<Object>(&value_);
    return object == nullptr ? 0 : object->size();
}

const Json::Array& Json::elements() const {
    const auto* array = std::get_if<Array>(&value_);
    if (array == nullptr) refuse("an array");
    return *array;
}

const Json::Object& Json::members() const {
    const auto* object = std::get_if<Object>(&value_);
    if (object == nullptr) refuse("an object");
    return *object;
}

void Json::push_back(Json element) {
    auto* array = std::get_if<Array>(&value_);
    if (array == nullptr) refuse("an array");
    array->push_back(std::move(element));
}

const Json& Json::at(std::size_t index) const {
    if (index >= elements().size()) throw JsonError(fmt::format("the array has no element {}", index));
    return elements()[index];
}

const Json& Json::at(std::string_view key) const {
    const Json* found = find(key);
    if (found == nullptr) throw JsonError(fmt::format("there is no member {}", key));
    return *found;
}

const Json* Json::find(std::string_view key) const {
    const auto* object = std::get_if<Object>(&value_);
    if (object == nullptr) return nullptr;
    const auto place = std::find_if(object->begin(), object->end(),
                                    [&](const Member& member) { return member.first == key; });
    return place == object->end() ? nullptr : &place->second;
}

Json& Json::operator[](std::string_view key) {
    if (is_null()) value_ = Object();
    if (const Json* found = find(key)) return const_cast<Json&>(*found);
    auto* object = std::get_if<Object>(&value_);
    if (object == nullptr) refuse("an object");
    return object->emplace_back(key, Json()).second;
}

bool Json::operator==(const Json& other) const {
    if (is_number() && other.is_number() && value_.index() != other.value_.index()) {
        return number<double>() == other.number<double>();
    }
    return value_ == other.value_;
}

void Json::refuse(std::string_view wanted) const {
    throw JsonError(fmt::format("{} is not {}", dump(), wanted));
}

bool Json::boolean() const {
    const auto* value = std::get_if<bool>(&value_);
    if (value == nullptr) refuse("true or false");
    return *value;
}

const std::string& Json::string() const {
    const auto* text = std::get_if<std::string>(&value_);
    if (text == nullptr) refuse("a string");
    return *text;
}

}  // namespace imnet
