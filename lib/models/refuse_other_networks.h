// Whether the settings beside the weights describe the network that would run.
#pragma once

#include <string_view>

#include "checkpoints/state_dict.h"
#include "models/architecture.h"

namespace imnet {

/// Throws ModelError where the `config.json` of transformers or timm describes another network than this one,
/// although its tensors fit: another activation, other strides, depths, widths, pooling or arguments, or
/// (unless the user named the network) another model_type. The error names the setting; `source` names the
/// checkpoint in it.
void refuse_other_networks(const StateDict& state_dict, const Architecture& architecture, bool named_by_user,
                           std::string_view source);

}  // namespace imnet
