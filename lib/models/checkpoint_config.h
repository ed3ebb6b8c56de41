// What a checkpoint says of itself beside its tensors: class names and preprocessing, in its metadata
// or in the `config.json` of timm and of Hugging Face transformers.
#pragma once

#include <optional>
#include <string_view>

#include "checkpoints/state_dict.h"
#include "models/class_names.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// Class names from the metadata `class_names` (with WordNet ids from `wnids`), `id2label` (transformers), or
/// `label_names` with `label_descriptions` (timm), if there is exactly one for each class.
std::optional<ClassNames> checkpoint_class_names(const StateDict& state_dict, int classes);

/// The recipe in this program's own metadata, or that which timm's `pretrained_cfg` states: input_size,
/// crop_pct, interpolation, mean, std. The short side is resized to floor(size / crop_pct). Nothing where it
/// is absent, or asks for what this program does not do (another crop mode or interpolation).
std::optional<Preprocessing> checkpoint_preprocessing(const StateDict& state_dict);

/// Throws ModelError where the config describes a net whose tensors look like those of one of ours and
/// which computes something else: transformers' `downsample_in_bottleneck`, the stride on the first
/// 1×1 convolution.
void refuse_other_strides(const StateDict& state_dict, std::string_view source);

}  // namespace imnet
