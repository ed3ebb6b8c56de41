// The names that different libraries give to the same tensors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Removes what all names begin with, as wrappers add it: `module.`, `_orig_mod.`, `model.`, `module.net.` …
/// A counter beside the network, such as the `n_averaged` of an AveragedModel, does not matter and is
/// removed, too.
void strip_common_prefix(StateDict& state_dict);

/// torchvision's name for a tensor of Hugging Face transformers' `ResNetForImageClassification`
/// (`resnet.encoder.stages.0.layers.0.layer.1.convolution.weight` → `layer1.0.conv2.weight`), or of its
/// backbone alone, without `resnet.`; empty for every other name.
std::string torchvision_name(std::string_view transformers_name);

/// timm's names for the tensors of an EfficientNet-Lite with the names of EfficientNet-PyTorch
/// (`_blocks.3._expand_conv.weight` → `blocks.1.2.conv_pw.weight`), in the order of the state dict. Empty if
/// one of the names has another layout.
std::vector<std::string> timm_names(const StateDict& state_dict);

/// torchvision's name for a tensor of `nn.Sequential(*resnet.children())`, as fastai and BYOL have it
/// (`4.0.conv1.weight` → `layer1.0.conv1.weight`); empty for every other name.
std::string name_of_child(std::string_view numbered_name);

/// Gives the tensors the names of torchvision, or of timm for its own networks: removes the common prefix,
/// and translates the names of transformers, EfficientNet-PyTorch or numbered children where all names have
/// that layout. timm's resnet50 has torchvision's names.
void use_native_names(StateDict& state_dict);

}  // namespace imnet
