// A network as libtorch runs it, operation by operation. Inference, training and Grad-CAM share it.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engines/engine.h"
#include "engines/torch/torch_step.h"
#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {

/// The steps with their tensors on the device.
struct TorchNet {
    std::vector<Step> steps;
    std::vector<StepTensors> tensors;   ///< one for each step
    std::vector<std::size_t> last_use;  ///< for each value, the index of the last step that reads it
};

/// `by_parameter` has one tensor for each entry of `Architecture::parameters`, undefined for
/// `num_batches_tracked`. The network shares the tensors.
TorchNet torch_net(const Architecture& architecture, std::span<const at::Tensor> by_parameter);

/// One tensor for each parameter, for `torch_net`. Convolutions are in `type`, those that are
/// standardised and the others in float32. A
/// tensor views `parameters` if device, type and memory format agree, else it is a copy.
std::vector<at::Tensor> device_tensors(const Architecture& architecture, const Parameters& parameters,
                                       at::Device device, at::ScalarType type);

/// images: [N, 3, H, W] (or [N, features] for a head alone) → logits: [N, classes]. Follows this thread's
/// autograd, autocast and inference mode.
at::Tensor forward(const TorchNet& net, const at::Tensor& images);

/// The two parts of `forward`: images → the feature maps that global pooling reads, [N, C, h, w], and feature
/// maps → logits, [N, classes].
at::Tensor features_of(const TorchNet& net, const at::Tensor& images);
at::Tensor logits_of(const TorchNet& net, const at::Tensor& features);

/// Libtorch's name of the device; `automatic` is the first GPU if there is one. Throws ModelError if the
/// device is not available.
at::Device torch_device(Device device);

/// Whether convolutions run in bfloat16. `automatic` does on a GPU, because every GPU that libtorch supports
/// is faster in it, and does not on a CPU, because only some are.
bool in_bfloat16(Precision precision, at::Device device);

/// Tells glibc to keep freed memory. By default it returns the memory of every layer to the system, and each
/// run pays for page faults.
void keep_freed_memory();

/// The message of an error without its stack trace.
std::string first_line(const c10::Error& error);

/// Whether the error is a lack of memory, so that fewer images at a time may help.
bool ran_out_of_memory(const c10::Error& error);

}  // namespace imnet
