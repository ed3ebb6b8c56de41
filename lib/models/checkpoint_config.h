// Class names and preprocessing that a checkpoint states beside its tensors: in its metadata, or in the
// `config.json` of timm and of Hugging Face transformers.
#pragma once

#include <optional>
#include <string_view>

#include "checkpoints/state_dict.h"
#include "models/class_names.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// Class names from the metadata `class_names` (with WordNet ids from `wnids`), `id2label` (transformers), or
/// `label_names` with `label_descriptions` (timm), if there is exactly one name for each class.
std::optional<ClassNames> checkpoint_class_names(const StateDict& state_dict, int classes);

/// The preprocessing in this program's own metadata, or in timm's `pretrained_cfg`: input_size, crop_pct,
/// interpolation, mean, std. The short side is resized to floor(size / crop_pct). Nothing where none is
/// stated, or where this program cannot do it (another crop mode or interpolation).
std::optional<Preprocessing> checkpoint_preprocessing(const StateDict& state_dict);

/// The same with timm's test_input_size and test_crop_pct. Nothing if neither is stated.
std::optional<Preprocessing> checkpoint_test_preprocessing(const StateDict& state_dict);

/// Throws ModelError where the config describes a net that has the tensors of a known architecture but
/// computes something else: transformers' `downsample_in_bottleneck`, which has the stride on the first 1×1
/// convolution.
void refuse_other_strides(const StateDict& state_dict, std::string_view source);

}  // namespace imnet
