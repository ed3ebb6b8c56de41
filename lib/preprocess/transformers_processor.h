// The `preprocessor_config.json` of Hugging Face transformers: how its image processors prepare a picture.
#pragma once

#include <string_view>

#include "base/json.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// The preprocessing that such a file states, as the processors of transformers 5 with Pillow do it: those of
/// ConvNeXt, ViT, BiT, CLIP and DeiT, under their names of today and before. What is left out has the
/// processor's default. `usual_type` is the processor where the file names none; it may be empty. Throws
/// ModelError, whose text starts with the setting, for what this program does not do.
Preprocessing parse_transformers_processor(const Json& config, std::string_view usual_type);

}  // namespace imnet
