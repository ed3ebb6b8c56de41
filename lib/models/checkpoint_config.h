// Class names and preprocessing that a checkpoint states beside its tensors: in its metadata, or in the
// `config.json` of timm and of Hugging Face transformers and the `preprocessor_config.json` of the latter.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"
#include "checkpoints/state_dict.h"
#include "models/class_names.h"
#include "models/output_activation.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// The `config.json` beside the weights; an empty object where there is none.
Json read_config(const StateDict& state_dict);

/// Class names from the metadata `class_names` (with WordNet ids from `wnids`), `id2label` (transformers), or
/// `label_names` with `label_descriptions` (timm), if there is exactly one name for each class. Names in a
/// config that are WordNet ids, or those of ImageNet's classes in its order, get their WordNet ids.
std::optional<ClassNames> checkpoint_class_names(const StateDict& state_dict, int classes);

/// Sigmoid where transformers' `problem_type` is `multi_label_classification`, else softmax.
OutputActivation checkpoint_activation(const StateDict& state_dict);

/// The preprocessing in this program's own metadata, in timm's `pretrained_cfg`, or in the
/// `preprocessor_config.json` of transformers; nothing where none is stated. Throws ModelError for one that
/// this program cannot do, and where the two files contradict; `source` names the checkpoint in it.
std::optional<Preprocessing> checkpoint_preprocessing(const StateDict& state_dict, std::string_view source);

/// The same with timm's test_input_size and test_crop_pct. Nothing if neither is stated.
std::optional<Preprocessing> checkpoint_test_preprocessing(const StateDict& state_dict,
                                                           std::string_view source);

}  // namespace imnet
