// timm's `pretrained_cfg`, of its `config.json`: how timm prepares a picture for a net.
#pragma once

#include "base/json.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// Whether it states a size or crop for tests that differs from that of the training.
bool states_test_size(const Json& pretrained_cfg);

/// The preprocessing that timm's `create_transform` makes of it: input_size, crop_pct, crop_mode,
/// interpolation, mean and std, or timm's defaults; with `test_size` from test_input_size and test_crop_pct
/// where they are stated. The short side is resized to floor(size / crop_pct). Throws ModelError, whose text
/// starts with the setting, for what this program does not do.
Preprocessing parse_timm_transform(const Json& pretrained_cfg, bool test_size);

}  // namespace imnet
