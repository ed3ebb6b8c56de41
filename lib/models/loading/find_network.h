// Finds a network among other tensors: under a prefix of the names, with auxiliary entries beside it, and
// with a classifier of another name or none.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/state_dict.h"
#include "models/loading/find_head.h"

namespace imnet {

/// A network in a state dict. The tensors of its body all fit one architecture; its head is a linear layer of
/// any name beside it.
struct FoundNetwork {
    std::string prefix;             ///< of its names in the file: `encoder_q.`
    std::string_view architecture;  ///< the first that its body fits
    Head head;
    StateDict tensors;  ///< the body with the names of the architecture, and the head where there is one
    std::vector<std::string> left_out;  ///< what else there is: `encoder_k`, `queue`, `criterion`
};

/// All networks in the state dict, in its order, each once. `only` limits the search to one architecture;
/// empty: all that imnet knows.
std::vector<FoundNetwork> find_networks(const StateDict& state_dict, std::string_view only);

/// The tensors under the prefix, without it and with native names.
StateDict tensors_under(const StateDict& state_dict, std::string_view prefix);

/// The prefixes under which a network may begin: those of the first convolutions, which read three channels.
/// The first is empty.
std::vector<std::string> possible_prefixes(const StateDict& state_dict);

}  // namespace imnet
