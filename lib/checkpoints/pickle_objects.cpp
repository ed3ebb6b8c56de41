#include "checkpoints/pickle_objects.h"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "checkpoints/pickle_globals.h"
#include "checkpoints/refusals.h"

namespace imnet::pickle {
namespace {

int depth_of(const Value& value) {
    if (const auto* sequence = std::get_if<Sequence*>(&value)) return (*sequence)->depth;
    if (const auto* dict = std::get_if<Dict*>(&value)) return (*dict)->depth;
    if (const auto* inert = std::get_if<Inert*>(&value)) return (*inert)->depth;
    return 0;
}

/// Updates the depth of a container that has got new items.
void deepen(int& depth, std::span<const Value> items) {
    for (const Value& item : items) depth = std::max(depth, 1 + depth_of(item));
    if (depth > deepest) refuse(fmt::format("the pickle nests more than {} levels deep: refused", deepest));
}

template <typename T>
T* as(const Value& value) {
    const auto* pointer = std::get_if<T*>(&value);
    return pointer == nullptr ? nullptr : *pointer;
}

}  // namespace

Sequence* Objects::make_sequence(SequenceKind kind, std::span<const Value> items) {
    Sequence sequence{.kind = kind, .items = {items.begin(), items.end(), memory_}};
    deepen(sequence.depth, items);
    return make(std::move(sequence));
}

Dict* Objects::make_dict() { return make(Dict{.items = decltype(Dict::items)(memory_)}); }

void Objects::append(const Value& list, std::span<const Value> items) {
    auto* sequence = as<Sequence>(list);
    if (auto* inert = as<Inert>(list)) {
        if (inert->items == nullptr) inert->items = make_sequence(SequenceKind::list, {});
        sequence = inert->items;
        deepen(inert->depth, items);
    }
    if (sequence == nullptr || sequence->kind != SequenceKind::list)
        cursor_.refuse_damage("appends to a value that is not a list");
    sequence->items.insert(sequence->items.end(), items.begin(), items.end());
    deepen(sequence->depth, items);
}

void Objects::add(const Value& set, std::span<const Value> items) {
    if (as<Inert>(set) != nullptr) return append(set, items);
    auto* sequence = as<Sequence>(set);
    if (sequence == nullptr || sequence->kind != SequenceKind::set)
        cursor_.refuse_damage("adds to a value that is not a set");
    sequence->items.insert(sequence->items.end(), items.begin(), items.end());
    deepen(sequence->depth, items);
}

void Objects::set_items(const Value& target, std::span<const Value> items) {
    auto* dict = as<Dict>(target);
    if (auto* inert = as<Inert>(target)) {
        if (inert->entries == nullptr) inert->entries = make_dict();
        dict = inert->entries;
        deepen(inert->depth, items);
    }
    if (dict == nullptr) cursor_.refuse_damage("sets an item of a value that is not a dict");
    if (items.size() % 2 != 0) cursor_.refuse_damage("sets a key without a value");
    for (std::size_t i = 0; i < items.size(); i += 2) dict->items.emplace_back(items[i], items[i + 1]);
    deepen(dict->depth, items);
}

Value Objects::call_inert(const Global& global, std::span<const Value> arguments) {
    Inert object{.global = &global};
    if (!arguments.empty()) object.arguments = make_sequence(SequenceKind::tuple, arguments);
    deepen(object.depth, arguments);
    return make(object);
}

Value Objects::call(const Value& callee, const Value& arguments) {
    const auto* tuple = as<Sequence>(arguments);
    if (tuple == nullptr || tuple->kind != SequenceKind::tuple)
        cursor_.refuse_damage("calls without a tuple");
    // The result of a call may be a function, too: functools.partial(f)(x).
    if (const auto* inert = as<Inert>(callee)) return call_inert(*inert->global, tuple->items);
    const auto* global = as<const Global>(callee);
    if (global == nullptr) cursor_.refuse_damage("calls a value that is not a function");
    if (global->kind == GlobalKind::inert) return call_inert(*global, tuple->items);
    return pickle::call(*global, tuple->items, memory_);
}

Value Objects::call_with_keywords(const Value& callee, const Value& arguments, const Value& keywords) {
    const auto* named = as<Dict>(keywords);
    if (named == nullptr) cursor_.refuse_damage("calls without a dict of keywords");
    const Value result = call(callee, arguments);
    if (auto* inert = as<Inert>(result)) {
        inert->state = keywords;
        deepen(inert->depth, {&keywords, 1});
    } else if (!named->items.empty()) {
        cursor_.refuse_damage("calls with keywords that the function does not take");
    }
    return result;
}

void Objects::set_state(const Value& object, const Value& state) {
    if (auto* tensor = as<Tensor>(object)) return pickle::set_state(*tensor, state);
    if (auto* inert = as<Inert>(object)) {
        inert->state = state;
        return deepen(inert->depth, {&state, 1});
    }
    if (as<Dict>(object) == nullptr && !std::holds_alternative<Opaque>(object)) {
        cursor_.refuse_damage(
            "sets the state (BUILD) of a value that is neither a tensor nor an ordered dict");
    }
}

}  // namespace imnet::pickle
