// A net as libtorch computes it, operation by operation: what inference and training share.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engines/engine.h"
#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {

/// The tensors of the module that a step computes.
struct StepTensors {
    at::Tensor weight;  ///< of a head: [classes, features], or [classes, features, 1, 1]
    at::Tensor bias;
    at::Tensor running_mean;
    at::Tensor running_var;
    bool training = false;  ///< a norm uses the statistics of the batch, and learns them
};

/// The steps, their tensors on the device, and when each value dies.
struct TorchNet {
    std::vector<Step> steps;
    std::vector<StepTensors> tensors;   ///< one a step
    std::vector<std::size_t> last_use;  ///< by value: the step that reads it last
};

/// `by_parameter` holds one tensor an entry of `Architecture::parameters`, undefined for
/// `num_batches_tracked`. The net shares them.
TorchNet torch_net(const Architecture& architecture, std::span<const at::Tensor> by_parameter);

/// One tensor a parameter, as `torch_net` takes them. They view the parameters, without a copy where
/// these already lie as the device wants them; convolutions have that type.
std::vector<at::Tensor> device_tensors(const Architecture& architecture, const Parameters& parameters,
                                       at::Device device, at::ScalarType type);

/// images: [N, 3, H, W] → [N, classes]; of a head alone [N, features] → [N, classes]. Reads what
/// autograd, autocast and the inference mode of this thread say.
at::Tensor forward(const TorchNet& net, const at::Tensor& images);

/// The two parts of `forward`: images → what the global average pool reads, [N, C, h, w] → [N, classes].
at::Tensor features_of(const TorchNet& net, const at::Tensor& images);
at::Tensor logits_of(const TorchNet& net, const at::Tensor& features);

/// The device that is meant. Throws ModelError where it cannot be had.
at::Device torch_device(Device device);

/// Whether convolutions run in bfloat16 there: `automatic` is so on a GPU, for every one that libtorch
/// supports is faster in it, and of the CPUs only some.
bool in_bfloat16(Precision precision, at::Device device);

/// Keeps glibc from returning the memory of every layer to the system, which costs page faults.
void keep_freed_memory();

/// What libtorch says, without its stack trace.
std::string first_line(const c10::Error& error);

/// Whether fewer images at a time may help.
bool ran_out_of_memory(const c10::Error& error);

}  // namespace imnet
