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

/// The tensors of a network as contiguous float32, one for each entry of `Architecture::parameters`, in
/// that order (`num_batches_tracked` is empty). A tensor that is stored like that in a mapped file is used
/// in place; others are converted. Copies share the memory.
class Parameters {
public:
    std::span<const float> at(std::size_t index) const { return views_.at(index); }
    std::size_t size() const { return views_.size(); }

    /// The tensor with that name. Throws std::out_of_range if the architecture has none.
    std::span<const float> at(const Architecture& architecture, std::string_view name) const;

private:
    friend Parameters bind_parameters(const Architecture&, const StateDict&, std::string_view);
    friend Parameters random_parameters(const Architecture&, std::uint64_t);
    friend Parameters with_new_head(const Architecture&, const Parameters&, std::uint64_t);
    std::vector<std::span<const float>> views_;
    std::vector<std::shared_ptr<const void>> owners_;
};

/// Takes the architecture's parameters from a state dict, as a strict `load_state_dict` does, except that
/// `num_batches_tracked` may be missing, because inference does not use it. `source` names the checkpoint in
/// errors. Throws ModelError, which lists the first missing, unexpected and wrongly shaped tensors.
Parameters bind_parameters(const Architecture& architecture, const StateDict& state_dict,
                           std::string_view source);

/// How many tensors are missing, unexpected or of another shape.
std::size_t count_misfits(const Architecture& architecture, const StateDict& state_dict);

/// Their numbers and the first names: `1 missing (fc.bias), 2 of another shape (…)`.
std::string describe_misfit(const Architecture& architecture, const StateDict& state_dict);

/// Whether `bind_parameters` would take these tensors.
bool fits(const Architecture& architecture, const StateDict& state_dict);

/// Number of classes of the state dict: the first dimension of the weight of the architecture's head. 0 if
/// the state dict has no such tensor.
int head_classes(const Architecture& architecture, const StateDict& state_dict);

/// Initialises as `torch.manual_seed(seed)` followed by torchvision's (or timm's) constructor does on a CPU.
/// The numbers are equal up to rounding in log, sin and cos.
Parameters random_parameters(const Architecture& architecture, std::uint64_t seed);

/// Replaces the head: the other parameters are shared with `parameters`, the head is initialised as
/// `torch.manual_seed(seed); net.fc = nn.Linear(features, classes)` does it. `architecture` has the new
/// number of classes.
Parameters with_new_head(const Architecture& architecture, const Parameters& parameters, std::uint64_t seed);

}  // namespace imnet
