// Pickles, piece by piece: `proto + global("os", "system") + text("id") + tuple1 + reduce + stop`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace imnet::build {

inline const std::string proto = "\x80\x02";
inline const std::string mark = "(";
inline const std::string tuple = "t";
inline const std::string tuple1 = "\x85";
inline const std::string tuple2 = "\x86";
inline const std::string empty_tuple = ")";
inline const std::string empty_dict = "}";
inline const std::string empty_list = "]";
inline const std::string none = "N";
inline const std::string no = "\x89";
inline const std::string yes = "\x88";
inline const std::string append = "a";
inline const std::string setitem = "s";
inline const std::string setitems = "u";
inline const std::string persistent = "Q";
inline const std::string reduce = "R";
inline const std::string newobj = "\x81";
inline const std::string build_state = "b";
inline const std::string stop = ".";

/// A number as its bytes, least significant first.
template <typename T>
std::string little_endian(T value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

inline std::string global(std::string_view module, std::string_view name) {
    return std::string("c").append(module).append("\n").append(name).append("\n");
}

inline std::string text(std::string_view characters) {
    return std::string("X")
        .append(little_endian(static_cast<std::uint32_t>(characters.size())))
        .append(characters);
}

/// An int of up to 64 bits (LONG1).
inline std::string integer(std::int64_t value) {
    return std::string("\x8a\x08").append(little_endian(value));
}

inline std::string put(std::uint32_t index) { return std::string("r").append(little_endian(index)); }
inline std::string get(std::uint32_t index) { return std::string("j").append(little_endian(index)); }

inline std::string integers(std::initializer_list<std::int64_t> values) {
    std::string result = mark;
    for (const std::int64_t value : values) result += integer(value);
    return result + tuple;
}

/// A storage's persistent id.
inline std::string storage(std::string_view key, std::string_view storage_class, std::int64_t count) {
    return mark + text("storage") + global("torch", storage_class) + text(key) + text("cpu") +
           integer(count) + tuple + persistent;
}

/// A tensor as torch.save writes it.
inline std::string tensor(const std::string& storage_id, std::int64_t offset,
                          std::initializer_list<std::int64_t> shape,
                          std::initializer_list<std::int64_t> strides) {
    return global("torch._utils", "_rebuild_tensor_v2") + mark + storage_id + integer(offset) +
           integers(shape) + integers(strides) + no + global("collections", "OrderedDict") + empty_tuple +
           reduce + tuple + reduce;
}

/// `{"weight": <tensor>}`, whole.
inline std::string state_dict(const std::string& tensor_pickle) {
    return proto + empty_dict + text("weight") + tensor_pickle + setitem + stop;
}

inline std::span<const std::byte> as_bytes(std::string_view characters) {
    return {reinterpret_cast<const std::byte*>(characters.data()), characters.size()};
}

}  // namespace imnet::build
