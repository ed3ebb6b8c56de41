// The globals that a pickle may name, and the values that they and their calls give. Those with a meaning
// here are the ones of PyTorch's weights_only loader (torch/_weights_only_unpickler.py, 2.13); all others are
// inert. Functions that run commands or code are refused: a file that asks for them would attack Python, and
// the user should know.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>

#include "checkpoints/pickle.h"

namespace imnet::pickle {

enum class GlobalKind {
    ordered_dict,
    default_dict,
    size,  ///< torch.Size: a tuple
    set,
    parameter,     ///< torch.nn.parameter.Parameter: its tensor
    tensor_class,  ///< torch.FloatTensor …, filled by BUILD
    storage_class,
    dtype,
    rebuild_tensor,
    rebuild_tensor_v2,
    rebuild_tensor_v3,
    rebuild_parameter,
    rebuild_parameter_with_state,
    rebuild_from_type_v2,
    rebuild_quantised,
    rebuild_other,  ///< sparse, meta, nested …: allowed, but not read by this program
    opaque,
    attribute,  ///< getattr: how protocol 2 names a class inside a class
    inert,      ///< every other class or function
};

struct Global {
    std::string_view name;  ///< without its module: `_rebuild_tensor_v2`
    GlobalKind kind;
    const ElementType* type = nullptr;  ///< of dtypes, storage and tensor classes
    std::string_view module = {};       ///< of inert globals
};

/// The global of that module and name. Throws ModelError, naming it, if it runs commands or code.
Global find_global(std::string_view module, std::string_view name);

/// Whether the class is that of a net; `at_root`: the object is all that the pickle holds.
bool is_class_of_net(const Global& global, bool at_root);

/// Throws ModelError about an object that stands where a state dict or a tensor is needed: a whole model, or
/// the result of a function, which is not called.
[[noreturn]] void refuse_object(const Global& global, bool at_root);

/// The result of calling the global with these arguments, by REDUCE or by NEWOBJ.
Value call(const Global& global, std::span<const Value> arguments, std::pmr::memory_resource* memory);

/// Sets a tensor's state as `Tensor.__setstate__` does: (storage, offset, size, stride), as old files have
/// it. What a Parameter adds to its data does not change the values and is ignored.
void set_state(Tensor& tensor, const Value& state);

/// The class in the persistent id of a class of modules, as the older form writes one with its source text;
/// null for every other id.
const Global* class_of(std::span<const Value> persistent_id);

/// The storage that a persistent id tuple describes.
const Storage* storage_of(std::span<const Value> persistent_id, std::pmr::memory_resource* memory);

}  // namespace imnet::pickle
