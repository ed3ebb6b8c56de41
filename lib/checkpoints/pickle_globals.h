// The globals that a state dict may name, and the values that they and their calls give. The list is that
// of PyTorch's weights_only loader (torch/_weights_only_unpickler.py, 2.13).
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>

#include "checkpoints/pickle.h"

namespace imnet::pickle {

enum class GlobalKind {
    ordered_dict,
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
};

struct Global {
    std::string_view name;  ///< without its module: `_rebuild_tensor_v2`
    GlobalKind kind;
    const ElementType* type = nullptr;  ///< of dtypes, storage and tensor classes
};

/// The allowed global of that module and name; throws ModelError, naming it, for every other.
/// `at_root`: the global is the pickle's outermost object, where a class means a whole model.
Global allowed_global(std::string_view module, std::string_view name, bool at_root);

/// The result of calling the global with these arguments, by REDUCE or by NEWOBJ.
Value call(const Global& global, std::span<const Value> arguments, std::pmr::memory_resource* memory);

/// Sets a tensor's state as `Tensor.__setstate__` does: (storage, offset, size, stride), as old files have
/// it. What a Parameter adds to its data does not change the values and is ignored.
void set_state(Tensor& tensor, const Value& state);

/// The storage that a persistent id tuple describes.
const Storage* storage_of(std::span<const Value> persistent_id, std::pmr::memory_resource* memory);

}  // namespace imnet::pickle
