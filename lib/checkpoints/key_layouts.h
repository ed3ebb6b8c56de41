// The names that different libraries give to the same tensors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Removes the prefixes that training adds to all names: `module.` (DataParallel), `_orig_mod.`
/// (torch.compile), `model.` (Lightning), `backbone.`; also several of them, and where only the classifier
/// has no prefix. Removes the counter `n_averaged` of an AveragedModel, too.
void strip_prefixes(StateDict& state_dict);

/// torchvision's name for a tensor of Hugging Face transformers' `ResNetForImageClassification`
/// (`resnet.encoder.stages.0.layers.0.layer.1.convolution.weight` → `layer1.0.conv2.weight`); empty
/// for every other name.
std::string torchvision_name(std::string_view transformers_name);

/// timm's names for the tensors of an EfficientNet-Lite with the names of EfficientNet-PyTorch
/// (`_blocks.3._expand_conv.weight` → `blocks.1.2.conv_pw.weight`), in the order of the state dict. Empty if
/// one of the names has another layout.
std::vector<std::string> timm_names(const StateDict& state_dict);

/// Gives the tensors the names of torchvision, or of timm for its own networks: removes prefixes, and
/// translates the names of transformers or EfficientNet-PyTorch where all names have that layout. timm's
/// resnet50 has torchvision's names.
void use_native_names(StateDict& state_dict);

}  // namespace imnet
