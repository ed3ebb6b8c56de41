// Grad-CAM with libtorch's autograd. It needs the gradient with respect to the feature maps only, so autograd
// records the steps from global pooling on and not those that compute the feature maps.
#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <vector>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>

#include "base/errors.h"
#include "engines/module.h"
#include "engines/torch/torch_net.h"

namespace imnet {

namespace {

std::vector<float> to_floats(const at::Tensor& tensor) {
    const at::Tensor plain = tensor.to(at::kCPU, at::kFloat).contiguous();
    const float* values = plain.const_data_ptr<float>();
    return {values, values + plain.numel()};
}

at::Tensor features_without_gradient(const TorchNet& net, const GradCamOptions& options,
                                     std::span<const float> pixels, at::Device device) {
    const at::NoGradGuard no_grad;
    const at::Tensor image = at::from_blob(const_cast<float*>(pixels.data()),
                                           {1, options.image_size, options.image_size, 3}, at::kFloat);
    return features_of(net, image.to(device).permute({0, 3, 1, 2}));
}

}  // namespace

IMNET_MODULE_FUNCTION void imnet_grad_cam(const Architecture& architecture, const Parameters& parameters,
                                          const GradCamOptions& options, std::span<const float> pixels,
                                          std::optional<int> class_index, GradCam& result) try {
    const at::NoTF32Guard no_tf32;
    const at::Device device = torch_device(options.device);
    at::init_num_threads();
    at::set_num_threads(options.threads);
    const TorchNet net =
        torch_net(architecture, device_tensors(architecture, parameters, device, at::kFloat));

    const at::Tensor features = features_without_gradient(net, options, pixels, device);  // [1, C, h, w]
    features.requires_grad_();
    const at::Tensor logits = logits_of(net, features)[0];
    result.class_index = class_index ? *class_index : static_cast<int>(logits.argmax().item<std::int64_t>());
    logits[result.class_index].backward();

    const at::NoGradGuard no_grad;
    const at::Tensor weights = features.grad().mean({2, 3}, /*keepdim=*/true);  // [1, C, 1, 1]
    const at::Tensor heat = weights.mul(features).sum(1).relu_()[0];            // [h, w]
    result.logits = to_floats(logits);
    result.heat = {static_cast<int>(heat.size(1)), static_cast<int>(heat.size(0)), to_floats(heat)};
} catch (const c10::Error& error) {
    if (ran_out_of_memory(error)) throw std::bad_alloc();
    throw ModelError("libtorch cannot compute Grad-CAM: " + first_line(error));
}

}  // namespace imnet
