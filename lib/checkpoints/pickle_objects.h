// What the opcodes of a pickle do to values: containers, calls and states. Nothing of it runs code of the
// file.
#pragma once

#include <memory_resource>
#include <span>
#include <string_view>
#include <utility>

#include "checkpoints/pickle.h"
#include "checkpoints/pickle_cursor.h"

namespace imnet::pickle {

/// Levels of containers that are read: Python's recursion limit, which no pickler exceeds.
constexpr int deepest = 1000;

/// Makes and changes the values of one pickle; they live in its memory. Everything that Python would not
/// accept throws ModelError, with the position of the cursor.
class Objects {
public:
    Objects(const Cursor& cursor, std::pmr::memory_resource* memory) : cursor_(cursor), memory_(memory) {}

    template <typename T>
    T* make(T value) {
        std::pmr::polymorphic_allocator<> allocator(memory_);
        return new (allocator.allocate_object<T>()) T(std::move(value));
    }

    Sequence* make_sequence(SequenceKind kind, std::span<const Value> items);
    Dict* make_dict();

    /// APPEND, APPENDS: to a list, or to an object whose class may be a list.
    void append(const Value& list, std::span<const Value> items);

    /// ADDITEMS: to a set, or to an object whose class may be a set.
    void add(const Value& set, std::span<const Value> items);

    /// SETITEM, SETITEMS: keys and values in turn, of a dict or an object whose class may be a dict.
    void set_items(const Value& dict, std::span<const Value> items);

    /// REDUCE, NEWOBJ: the result of calling a global that has a meaning; an Inert for every other.
    Value call(const Value& callee, const Value& arguments);

    /// NEWOBJ_EX: the same with a dict of keyword arguments.
    Value call_with_keywords(const Value& callee, const Value& arguments, const Value& keywords);

    /// BUILD: fills a tensor; an Inert keeps the state. The attributes of a dict do not matter.
    void set_state(const Value& object, const Value& state);

private:
    Value call_inert(const Global& global, std::span<const Value> arguments);

    const Cursor& cursor_;
    std::pmr::memory_resource* memory_;
};

}  // namespace imnet::pickle
