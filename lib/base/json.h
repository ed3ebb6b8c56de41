// JSON as a value. Only json.cpp includes the library that reads and writes it, which takes long to compile.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace imnet {

/// The text is not JSON, or a value does not have the type that was asked for.
class JsonError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Null, a boolean, a number, a string, an array, or an object that keeps the order of its members.
class Json {
public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    Json() = default;
    Json(std::nullptr_t) {}
    template <typename T>
    requires std::is_arithmetic_v<T> Json(T value) {
        if constexpr (std::same_as<T, bool>) {
            value_ = value;
        } else if constexpr (std::floating_point<T>) {
            value_ = static_cast<double>(value);
        } else if (value < 0) {
            value_ = static_cast<std::int64_t>(value);
        } else {
            value_ = static_cast<std::uint64_t>(value);
        }
    }
    Json(std::string text) : value_(std::move(text)) {}
    Json(std::string_view text) : value_(std::string(text)) {}
    Json(const char* text) : value_(std::string(text)) {}
    Json(Array elements) : value_(std::move(elements)) {}
    Json(Object members) : value_(std::move(members)) {}
    template <typename T>
    Json(const std::vector<T>& values) : value_(Array(values.begin(), values.end())) {}
    template <typename T, std::size_t size>
    Json(const std::array<T, size>& values) : value_(Array(values.begin(), values.end())) {}
    /// An object: Json{{"a", 1}, {"b", Json::array({2, 3})}}.
    Json(std::initializer_list<Member> members) : value_(Object(members)) {}

    static Json array(std::initializer_list<Json> values = {});
    static Json object() { return Object(); }

    /// Parses a text; throws JsonError. If several members have the same name, the last one counts.
    static Json parse(std::string_view text);
    /// The same, but returns null if the text is not JSON.
    static Json parse_or_null(std::string_view text);
    /// The text of the value: on one line, or indented with each member on its own line. Bytes that are not
    /// UTF-8 become U+FFFD.
    std::string dump(int indent = -1) const;

    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }
    bool is_integer() const {
        return std::holds_alternative<std::int64_t>(value_) || std::holds_alternative<std::uint64_t>(value_);
    }
    bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }

    /// The value as a T: bool, a number (converted as by static_cast), std::string, or a std::vector or
    /// std::array of these. Throws JsonError if it has another type.
    template <typename T>
    T get() const;

    /// The number of elements or members; 0 for other types.
    std::size_t size() const;
    /// The elements of an array, or the members of an object; throws JsonError for other types.
    const Array& elements() const;
    const Object& members() const;
    void push_back(Json element);

    /// An element or a member; throws JsonError if there is none.
    const Json& at(std::size_t index) const;
    const Json& at(std::string_view key) const;
    /// A member, or nullptr if there is none or this is not an object.
    const Json* find(std::string_view key) const;
    bool contains(std::string_view key) const { return find(key) != nullptr; }
    /// A member as a T, or `otherwise` if there is none.
    template <typename T>
    T value(std::string_view key, T otherwise) const {
        const Json* found = find(key);
        return found == nullptr ? std::move(otherwise) : found->get<T>();
    }
    /// The member of that name, to assign to; it is added if there is none. Null becomes an object.
    Json& operator[](std::string_view key);

    /// Compares numbers by value: 1 equals 1.0.
    bool operator==(const Json& other) const;

private:
    friend class JsonWriter;  // in json.cpp

    [[noreturn]] void refuse(std::string_view wanted) const;
    bool boolean() const;
    const std::string& string() const;
    template <typename T>
    T number() const;

    /// Integers that are not negative are uint64_t, so that equal numbers have equal representations.
    std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object>
        value_;
};

template <typename T>
T Json::number() const {
    if (const auto* real = std::get_if<double>(&value_)) return static_cast<T>(*real);
    if (const auto* whole = std::get_if<std::uint64_t>(&value_)) return static_cast<T>(*whole);
    if (const auto* whole = std::get_if<std::int64_t>(&value_)) return static_cast<T>(*whole);
    refuse("a number");
}

template <typename T>
T Json::get() const {
    if constexpr (std::same_as<T, bool>) {
        return boolean();
    } else if constexpr (std::is_arithmetic_v<T>) {
        return number<T>();
    } else if constexpr (std::same_as<T, std::string>) {
        return string();
    } else if constexpr (requires(T values) { values.reserve(1); }) {
        T values;
        for (const Json& element : elements()) values.push_back(element.get<typename T::value_type>());
        return values;
    } else {
        T values{};
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = at(i).get<typename T::value_type>();
        return values;
    }
}

}  // namespace imnet
