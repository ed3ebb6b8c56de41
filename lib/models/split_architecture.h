// A net in two: what turns pictures into features, and the classifier on top.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/architecture.h"

namespace imnet {

/// The net without its last linear layer: its answers are features, as many as `classes` then says.
/// Parameters keep their order, so that those of the whole net, cut short, are its own.
Architecture backbone(const Architecture& architecture);

/// The last linear layer alone: value 0 is [N, features].
Architecture head(const Architecture& architecture);

/// For each parameter whether it lies behind the stem and the first `stages` of the four stages; of 0
/// stages all do, and so does the stem.
std::vector<bool> behind_stages(const Architecture& architecture, int stages);

}  // namespace imnet
