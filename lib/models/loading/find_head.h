#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checkpoints/state_dict.h"
#include "models/architecture.h"

namespace imnet {

/// A tensor of the file that is not of the body of a network: its name in the file.
using NamedTensor = std::pair<std::string, const TensorView*>;

/// The classifier of a network.
struct Head {
    std::string module;                  ///< its name in the file: `fc`, `classifier.1`; empty for none
    const TensorView* weight = nullptr;  ///< null for none
    const TensorView* bias = nullptr;
    std::string
        why_none;  ///< `fc has 2 layers, as a projection has`; empty where there is nothing like a head
};

/// The classifier among the tensors beside a body whose names have that prefix: a linear layer, alone in its
/// module, with as many inputs as the body has features, whose outputs no other tensor takes. So projection
/// heads, whose outputs a queue, prototypes or a predictor take, are none.
Head find_head(const Architecture& architecture, const std::vector<NamedTensor>& others,
               std::string_view prefix);

/// The module beside a network to which a name belongs: what it shares with the prefix, and one component
/// more
/// (`encoder_q.fc.0.weight` with the prefix `encoder_q.` → `encoder_q.fc`).
std::string module_beside(std::string_view name, std::string_view prefix);

}  // namespace imnet
