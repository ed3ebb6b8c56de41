// The results of the allowed globals when a pickle calls them.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "checkpoints/pickle_globals.h"
#include "checkpoints/refusals.h"

namespace imnet::pickle {
namespace {

using Arguments = std::span<const Value>;
using Memory = std::pmr::memory_resource;

[[noreturn]] void refuse_arguments(std::string_view function) {
    refuse(
        fmt::format("the pickle calls {} with arguments that make no sense: the file is damaged or hostile",
                    in_quotes(function)));
}

/// The argument, which must have this type. Throws ModelError.
template <typename T>
const T& argument(Arguments arguments, std::size_t index, std::string_view function) {
    if (index >= arguments.size()) refuse_arguments(function);
    const T* value = std::get_if<T>(&arguments[index]);
    if (value == nullptr) refuse_arguments(function);
    return *value;
}

std::int64_t natural(const Value& value, std::string_view function) {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number < 0) refuse_arguments(function);
    return *number;
}

/// A size or strides: a tuple or list of numbers that are not negative.
void read_numbers(const Value& value, std::pmr::vector<std::int64_t>& out, std::string_view function) {
    constexpr std::size_t most_dimensions = 16;
    const auto* sequence = std::get_if<Sequence*>(&value);
    if (sequence == nullptr || (*sequence)->kind == SequenceKind::set) refuse_arguments(function);
    if ((*sequence)->items.size() > most_dimensions) {
        refuse(fmt::format("a tensor has {} dimensions: at most {} are read", (*sequence)->items.size(),
                           most_dimensions));
    }
    out.clear();
    for (const Value& item : (*sequence)->items) out.push_back(natural(item, function));
}

/// (storage, offset, size, stride, …)
void place(Tensor& tensor, Arguments arguments, std::string_view function) {
    tensor.storage = argument<const Storage*>(arguments, 0, function);
    tensor.type = tensor.storage->type;
    if (arguments.size() < 4) refuse_arguments(function);
    tensor.offset = natural(arguments[1], function);
    read_numbers(arguments[2], tensor.shape, function);
    read_numbers(arguments[3], tensor.strides, function);
    if (tensor.shape.size() != tensor.strides.size()) refuse_arguments(function);
}

Tensor* new_tensor(Memory* memory) {
    std::pmr::polymorphic_allocator<> allocator(memory);
    Tensor* tensor = allocator.allocate_object<Tensor>();
    return new (tensor) Tensor{.shape = std::pmr::vector<std::int64_t>(memory),
                               .strides = std::pmr::vector<std::int64_t>(memory),
                               .unsupported = {}};
}

Value unreadable_tensor(Memory* memory) {
    Tensor* tensor = new_tensor(memory);
    tensor->unsupported = "sparse, nested or without a storage";
    return tensor;
}

/// The metadata states whether the tensor is the conjugate or the negative of the stored values.
void read_metadata(Tensor& tensor, Arguments arguments, std::size_t index) {
    if (index >= arguments.size()) return;
    const auto* metadata = std::get_if<Dict*>(&arguments[index]);
    if (metadata == nullptr) return;
    constexpr std::size_t most_entries = 16;  // PyTorch writes two: conj and neg
    if ((*metadata)->items.size() > most_entries) refuse_arguments("_rebuild_tensor");
    for (const auto& [key, value] : (*metadata)->items) {
        const auto* set = std::get_if<bool>(&value);
        if (set != nullptr && *set) tensor.unsupported = "a view that conjugates or negates";
    }
}

Value rebuild_tensor(const Global& function, Arguments arguments, Memory* memory) {
    Tensor* tensor = new_tensor(memory);
    place(*tensor, arguments, function.name);
    if (function.kind == GlobalKind::rebuild_tensor_v2) read_metadata(*tensor, arguments, 6);
    if (function.kind == GlobalKind::rebuild_tensor_v3) {
        const Global& dtype = *argument<const Global*>(arguments, 6, function.name);
        if (dtype.kind != GlobalKind::dtype) refuse_arguments(function.name);
        tensor->type = dtype.type;
        read_metadata(*tensor, arguments, 7);
    }
    if (function.kind == GlobalKind::rebuild_quantised) tensor->unsupported = "quantised";
    return tensor;
}

Dict* new_dict(Memory* memory) {
    std::pmr::polymorphic_allocator<> allocator(memory);
    return new (allocator.allocate_object<Dict>()) Dict{.items = decltype(Dict::items)(memory)};
}

/// OrderedDict() or, as Python 2 wrote it, OrderedDict([[key, value], …]).
Value ordered_dict(Arguments arguments, Memory* memory) {
    Dict* dict = new_dict(memory);
    if (arguments.empty()) return dict;
    if (std::holds_alternative<Dict*>(arguments[0])) return arguments[0];
    for (const Value& item : argument<Sequence*>(arguments, 0, "OrderedDict")->items) {
        const auto* pair = std::get_if<Sequence*>(&item);
        if (pair == nullptr || (*pair)->items.size() != 2) refuse_arguments("OrderedDict");
        dict->items.emplace_back((*pair)->items[0], (*pair)->items[1]);
        dict->depth = std::max(dict->depth, (*pair)->depth);
    }
    return dict;
}

/// defaultdict(factory, …): the factory is not needed.
Value default_dict(Arguments arguments, Memory* memory) {
    return ordered_dict(arguments.empty() ? arguments : arguments.subspan(1), memory);
}

/// What a value that is not made would have been made of; null for every other value.
const Global* global_of(const Value& value) {
    if (const auto* inert = std::get_if<Inert*>(&value)) return (*inert)->global;
    const auto* global = std::get_if<const Global*>(&value);
    return global != nullptr && (*global)->kind == GlobalKind::inert ? *global : nullptr;
}

/// getattr(Outer, "Inner") is the class Outer.Inner, and getattr(object, "method") a method of the object's
/// class: names, too. Everything else that getattr could reach is refused.
Value attribute(Arguments arguments, Memory* memory) {
    const Global* outer = arguments.size() == 2 ? global_of(arguments[0]) : nullptr;
    const auto* inner = arguments.size() == 2 ? std::get_if<Text>(&arguments[1]) : nullptr;
    constexpr std::size_t longest = 512;
    if (outer == nullptr || inner == nullptr || inner->characters.starts_with("_") ||
        outer->name.size() + inner->characters.size() > longest) {
        refuse("the pickle asks for 'builtins.getattr', which no state dict needs: refused, nothing was run");
    }
    std::pmr::polymorphic_allocator<> allocator(memory);
    const std::size_t size = outer->name.size() + 1 + inner->characters.size();
    char* name = allocator.allocate_object<char>(size);
    fmt::format_to_n(name, size, "{}.{}", outer->name, inner->characters);
    return new (allocator.allocate_object<Global>()) Global(find_global(outer->module, {name, size}));
}

/// torch.Size((2, 3)) and set([…]) are read as sequences of their items.
Value sequence(const Global& global, Arguments arguments, Memory* memory) {
    std::pmr::polymorphic_allocator<> allocator(memory);
    const auto kind = global.kind == GlobalKind::set ? SequenceKind::set : SequenceKind::tuple;
    auto* result = new (allocator.allocate_object<Sequence>())
        Sequence{.kind = kind, .items = std::pmr::vector<Value>(memory)};
    if (arguments.empty()) return result;
    const Sequence& source = *argument<Sequence*>(arguments, 0, global.name);
    result->items = source.items;
    result->depth = source.depth;
    return result;
}

/// A Parameter is read as its tensor, which has the same values.
Value parameter(const Global& global, Arguments arguments, Memory* memory) {
    if (arguments.empty() && global.kind == GlobalKind::parameter) return new_tensor(memory);
    if (arguments.empty()) refuse_arguments(global.name);
    return argument<Tensor*>(arguments, 0, global.name);
}

/// (function, class, arguments, state): a tensor with Python attributes, which are ignored.
Value rebuild_from_type(const Global& global, Arguments arguments, Memory* memory) {
    const Global& function = *argument<const Global*>(arguments, 0, global.name);
    if (function.kind == GlobalKind::rebuild_from_type_v2) refuse_arguments(global.name);
    return call(function, argument<Sequence*>(arguments, 2, global.name)->items, memory);
}

}  // namespace

Value call(const Global& global, Arguments arguments, Memory* memory) {
    switch (global.kind) {
        case GlobalKind::ordered_dict: return ordered_dict(arguments, memory);
        case GlobalKind::default_dict: return default_dict(arguments, memory);
        case GlobalKind::attribute: return attribute(arguments, memory);
        case GlobalKind::inert: {  // a tensor of a class that is not PyTorch's own
            std::pmr::polymorphic_allocator<> allocator(memory);
            return new (allocator.allocate_object<Inert>()) Inert{.global = &global};
        }
        case GlobalKind::size:
        case GlobalKind::set: return sequence(global, arguments, memory);
        case GlobalKind::tensor_class: {
            if (!arguments.empty()) refuse_arguments(global.name);
            return new_tensor(memory);
        }
        case GlobalKind::rebuild_tensor:
        case GlobalKind::rebuild_tensor_v2:
        case GlobalKind::rebuild_tensor_v3:
        case GlobalKind::rebuild_quantised: return rebuild_tensor(global, arguments, memory);
        case GlobalKind::parameter:
        case GlobalKind::rebuild_parameter:
        case GlobalKind::rebuild_parameter_with_state: return parameter(global, arguments, memory);
        case GlobalKind::rebuild_from_type_v2: return rebuild_from_type(global, arguments, memory);
        case GlobalKind::rebuild_other: return unreadable_tensor(memory);
        case GlobalKind::opaque: return Opaque{global.name};
        case GlobalKind::storage_class:
        case GlobalKind::dtype: break;
    }
    refuse(fmt::format("the pickle calls {}, which is not a function: the file is damaged or hostile",
                       in_quotes(global.name)));
}

void set_state(Tensor& tensor, const Value& state) {
    constexpr std::string_view function = "Tensor.__setstate__";
    const auto* sequence = std::get_if<Sequence*>(&state);
    if (sequence == nullptr) refuse_arguments(function);
    const std::span<const Value> items = (*sequence)->items;
    if (items.size() == 4) {
        place(tensor, items, function);
    } else if (items.size() == 5) {  // (data, …) of the oldest Variables
        const Tensor& data = *argument<Tensor*>(items, 0, function);
        if (&data != &tensor) tensor = data;
    } else if (items.size() != 3) {  // (requires_grad, _, hooks)
        refuse_arguments(function);
    }
}

const Global* class_of(std::span<const Value> id) {
    const auto* kind = id.size() < 2 ? nullptr : std::get_if<Text>(id.data());
    if (kind == nullptr || kind->characters != "module") return nullptr;
    const auto* module_class = std::get_if<const Global*>(&id[1]);
    return module_class == nullptr ? nullptr : *module_class;
}

const Storage* storage_of(std::span<const Value> id, Memory* memory) {
    constexpr std::string_view function = "persistent_load";
    const auto* kind = id.empty() ? nullptr : std::get_if<Text>(id.data());
    if (kind == nullptr) refuse_arguments(function);
    if (kind->characters != "storage") {
        refuse(fmt::format(
            "a persistent id of the pickle asks for {}, not for a storage: refused, nothing was run",
            in_quotes(kind->characters)));
    }
    if (id.size() < 5 || id.size() > 6) refuse_arguments(function);
    const Global& storage_class = *argument<const Global*>(id, 1, function);
    if (storage_class.kind != GlobalKind::storage_class) refuse_arguments(function);
    constexpr std::size_t longest_key = 1000;
    if (argument<Text>(id, 2, function).characters.size() > longest_key) refuse_arguments(function);
    std::pmr::polymorphic_allocator<> allocator(memory);
    auto* storage =
        new (allocator.allocate_object<Storage>()) Storage{.key = argument<Text>(id, 2, function).characters,
                                                           .type = storage_class.type,
                                                           .count = natural(id[4], function),
                                                           .view_count = natural(id[4], function)};
    if (id.size() == 6 && !std::holds_alternative<None>(id[5])) {  // (key, offset, count)
        const std::span<const Value> view = argument<Sequence*>(id, 5, function)->items;
        if (view.size() != 3) refuse_arguments(function);
        storage->view_offset = natural(view[1], function);
        storage->view_count = natural(view[2], function);
    }
    return storage;
}

}  // namespace imnet::pickle
