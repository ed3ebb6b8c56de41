// Which network a checkpoint belongs to: what it states, else what its tensors fit.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/state_dict.h"

namespace imnet {

/// The architectures with as many stages and blocks as the names of the tensors tell.
std::vector<std::string_view> architectures_of_that_depth(const StateDict& state_dict);

/// The architectures whose tensors these are, with some number of classes. Of those that compute the same,
/// the first in the order of `architecture_names`.
std::vector<std::string_view> fitting_architectures(const StateDict& state_dict);

/// The architecture of a checkpoint. Several nets may have the same tensors and compute something else
/// (resnet50, resnetaa50 and resnetblur50): then what the checkpoint states decides, or the name of the file
/// or its folder. Empty where no architecture fits. Throws ModelError where nothing decides, or where the
/// checkpoint states a network that is not known here.
std::string recognise_architecture(const StateDict& state_dict, const std::filesystem::path& path);

}  // namespace imnet
