#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/state_dict.h"
#include "models/architecture.h"

namespace imnet {

/// The tensors of a net as contiguous float32, one per entry of `Architecture::parameters` and in
/// that order (`num_batches_tracked` is empty). Tensors that lie so in a mapped file are viewed in
/// place; all others are converted. Copies share the memory.
class Parameters {
public:
    std::span<const float> at(std::size_t index) const { return views_.at(index); }
    std::size_t size() const { return views_.size(); }

    /// The tensor of that name; throws std::out_of_range where the architecture has none.
    std::span<const float> at(const Architecture& architecture, std::string_view name) const;

private:
    friend Parameters bind_parameters(const Architecture&, const StateDict&, std::string_view);
    friend Parameters random_parameters(const Architecture&, std::uint64_t);
    friend Parameters with_new_head(const Architecture&, const Parameters&, std::uint64_t);
    std::vector<std::span<const float>> views_;
    std::vector<std::shared_ptr<const void>> owners_;
};

/// Gives each parameter of the architecture its tensor. `source` names the checkpoint in errors.
/// Throws ModelError with one line that lists the first missing, unexpected and mis-shaped tensors.
/// `num_batches_tracked` may be missing: nothing is computed from it.
Parameters bind_parameters(const Architecture& architecture, const StateDict& state_dict,
                           std::string_view source);

/// The architecture, with any number of classes, that the state dict's names and shapes fit; empty
/// where there is none.
std::string_view fitting_architecture(const StateDict& state_dict);

/// Number of classes that the state dict's head has, found by the architecture's head; 0 where it
/// has no such tensor.
int head_classes(const Architecture& architecture, const StateDict& state_dict);

/// Initialises as `torch.manual_seed(seed)` followed by the constructor of torchvision (or timm)
/// does on a CPU: the same stream of random numbers, equal up to rounding in log, sin and cos.
Parameters random_parameters(const Architecture& architecture, std::uint64_t seed);

/// The parameters of a net with another number of classes, and the head of `architecture` as
/// `torch.manual_seed(seed)` and `net.fc = nn.Linear(features, classes)` make it.
Parameters with_new_head(const Architecture& architecture, const Parameters& parameters, std::uint64_t seed);

}  // namespace imnet
