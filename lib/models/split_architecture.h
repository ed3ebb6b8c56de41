// Parts of a network: the backbone, which turns pictures into features, and the head, which classifies them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/architecture.h"

namespace imnet {

/// The network without its last linear layer. Its output is [N, features], and `classes` is the number of
/// features. Its parameters are the first ones of the whole network, so `Parameters` of the whole network
/// serve it, too.
Architecture backbone(const Architecture& architecture);

/// The last linear layer alone: [N, features] → [N, classes].
Architecture head(const Architecture& architecture);

/// For each parameter, whether it is trained when the stem and the first `frozen_stages` stages
/// are frozen. With 0, everything is trained, the stem too.
std::vector<bool> parameters_to_train(const Architecture& architecture, int frozen_stages);

}  // namespace imnet
