#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/state_dict.h"
#include "models/loading/find_network.h"

namespace imnet {

/// The network of a checkpoint, without what else the file holds.
struct ChosenNetwork {
    StateDict tensors;  ///< with a head of one class, all zero, where the file has no classifier
    bool has_head = true;
    std::string why_no_head;  ///< empty where there is nothing like a head
};

/// Those of the networks that the user can mean: the ones that are averaged, or those that are not; of these
/// the ones with a classifier.
std::vector<FoundNetwork> narrow_down(const std::vector<FoundNetwork>& networks, bool prefer_ema);

/// Finds the network in a state dict that fits none as it is. `wanted` is the architecture to look for;
/// empty: any. Of several networks it takes the one that is averaged only where `prefer_ema` says so. The
/// remarks of the tensors say what was chosen and what was left out. If there is no such network, the tensors
/// are those that come nearest to `wanted`. Throws ModelError where several networks are left to choose from,
/// and, if `wanted` is empty, where there is none; `source` names the checkpoint in it.
ChosenNetwork choose_network(const StateDict& state_dict, std::string_view wanted, bool prefer_ema,
                             std::string_view source);

}  // namespace imnet
