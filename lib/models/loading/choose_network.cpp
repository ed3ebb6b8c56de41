#include "models/loading/choose_network.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/errors.h"
#include "checkpoints/averaged_names.h"
#include "checkpoints/refusals.h"
#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {
namespace {

/// The first few of the names.
std::string list(const std::vector<std::string>& names) {
    constexpr std::size_t most = 5;
    const std::size_t shown = std::min(names.size(), most);
    std::vector<std::string> quoted;
    for (std::size_t i = 0; i < shown; ++i) quoted.push_back(in_quotes(names[i]));
    return fmt::format("{}{}", fmt::join(quoted, ", "), shown < names.size() ? ", …" : "");
}

Architecture with_classes_of(std::string_view name, const StateDict& tensors) {
    Architecture described = architecture(name);
    const int classes = head_classes(described, tensors);
    return classes == 0 || classes == described.classes ? described : architecture(name, classes);
}

/// What comes nearest to a network: tensors under a prefix, and the architecture.
struct Nearest {
    StateDict tensors;
    std::string_view architecture;
    std::size_t misfits = std::numeric_limits<std::size_t>::max();
};

Nearest nearest_of(const StateDict& state_dict, std::span<const std::string_view> names) {
    Nearest nearest;
    for (const std::string& prefix : possible_prefixes(state_dict)) {
        StateDict under = tensors_under(state_dict, prefix);
        bool better = false;
        for (const std::string_view name : names) {
            const std::size_t misfits = count_misfits(with_classes_of(name, under), under);
            if (misfits >= nearest.misfits) continue;
            nearest.misfits = misfits;
            nearest.architecture = name;
            better = true;
        }
        if (better) nearest.tensors = std::move(under);
    }
    return nearest;
}

[[noreturn]] void refuse_misfit(const StateDict& state_dict, std::string_view source) {
    const std::vector<std::string_view> names = architecture_names();
    const Nearest nearest = nearest_of(state_dict, names);
    const Architecture described = with_classes_of(nearest.architecture, nearest.tensors);
    if (2 * nearest.misfits > described.parameters.size()) {
        std::vector<std::string> tensors;
        for (const auto& [name, tensor] : state_dict.tensors) tensors.push_back(name);
        throw ModelError(
            fmt::format("{}: its tensors ({}) are of no network that imnet knows: 'imnet models' lists "
                        "those that it knows",
                        source, list(tensors)));
    }
    throw ModelError(fmt::format("{} fits no network that imnet knows; the nearest is {}: {}", source,
                                 nearest.architecture, describe_misfit(described, nearest.tensors)));
}

std::vector<std::string> prefixes_of(const std::vector<FoundNetwork>& networks) {
    std::vector<std::string> prefixes;
    for (const FoundNetwork& network : networks) prefixes.push_back(network.prefix);
    return prefixes;
}

std::string describe_choice(const FoundNetwork& taken, const std::vector<FoundNetwork>& networks) {
    std::string text = fmt::format("it holds networks under the prefixes {}: {} is used",
                                   list(prefixes_of(networks)), in_quotes(taken.prefix));
    const bool average = names_average(taken.prefix);
    const bool other_kind = std::ranges::any_of(
        networks, [&](const FoundNetwork& each) { return names_average(each.prefix) != average; });
    if (!other_kind) return text;
    return text + (average ? "; without --ema the other one" : "; --ema takes the averaged one");
}

}  // namespace

std::vector<FoundNetwork> narrow_down(const std::vector<FoundNetwork>& networks, bool prefer_ema) {
    std::vector<FoundNetwork> left;
    std::ranges::copy_if(networks, std::back_inserter(left), [&](const FoundNetwork& network) {
        return names_average(network.prefix) == prefer_ema;
    });
    if (left.empty()) left = networks;
    const auto has_head = [](const FoundNetwork& network) { return network.head.weight != nullptr; };
    if (left.size() > 1 && std::ranges::any_of(left, has_head))
        std::erase_if(left, [&](const FoundNetwork& network) { return !has_head(network); });
    return left;
}

ChosenNetwork choose_network(const StateDict& state_dict, std::string_view wanted, bool prefer_ema,
                             std::string_view source) {
    std::vector<FoundNetwork> networks = find_networks(state_dict, wanted);
    if (networks.empty() && !wanted.empty()) networks = find_networks(state_dict, "");
    if (networks.empty() && wanted.empty()) refuse_misfit(state_dict, source);
    if (networks.empty()) return {nearest_of(state_dict, {&wanted, 1}).tensors, true, ""};
    const std::vector<FoundNetwork> left = narrow_down(networks, prefer_ema);
    if (left.size() > 1) {
        throw ModelError(
            fmt::format("{}: it holds several networks, under the prefixes {}: save the state dict of "
                        "one of them in a file of its own",
                        source, list(prefixes_of(left))));
    }
    const FoundNetwork& taken = left.front();
    ChosenNetwork chosen{taken.tensors, taken.head.weight != nullptr, taken.head.why_none};
    if (networks.size() > 1) chosen.tensors.remarks.push_back(describe_choice(taken, networks));
    if (!taken.left_out.empty()) chosen.tensors.remarks.push_back("left out: " + list(taken.left_out));
    return chosen;
}

}  // namespace imnet
