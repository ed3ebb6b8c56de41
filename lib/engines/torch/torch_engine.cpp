// The net as libtorch computes it, operation by operation: the reference on the CPU, and the way to
// CUDA. Nothing is folded or fused, so the digits are those of PyTorch.
#include <malloc.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/add.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/relu.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/version.h>

#include "base/errors.h"
#include "engines/module.h"

namespace imnet {

namespace {

/// The tensors of the module that a step computes.
struct StepTensors {
    at::Tensor weight;
    at::Tensor bias;
    at::Tensor running_mean;
    at::Tensor running_var;
};

/// What all workers read: the steps, their tensors on the device, and when each value dies.
struct Net {
    std::vector<Step> steps;
    std::vector<StepTensors> tensors;   ///< one a step
    std::vector<std::size_t> last_use;  ///< by value: the step that reads it last
    std::int64_t classes;
    at::Device device;
    at::ScalarType type;  ///< of weights and activations
    std::int64_t height;
    std::int64_t width;
    Parameters parameters;  ///< owns what the tensors view
};

std::string first_line(const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    return text.substr(0, text.find('\n'));
}

/// A view of the parameter, without a copy where it already lies as the device wants it.
at::Tensor device_tensor(const Parameter& parameter, std::span<const float> values, at::Device device,
                         at::ScalarType type) {
    // from_blob wants a mutable pointer; nothing writes through it.
    at::Tensor tensor =
        at::from_blob(const_cast<float*>(values.data()), parameter.shape, at::kFloat).to(device);
    // Norms and the head stay in float32: they cost little, and the answers are the better for it.
    if (parameter.operation != Operation::convolution) return tensor;
    tensor = tensor.to(type);
    // Channels-last convolutions are 5 to 15 per cent faster on a CPU than channels-first ones.
    return parameter.kind == ParameterKind::weight ? tensor.contiguous(at::MemoryFormat::ChannelsLast)
                                                   : tensor;
}

std::vector<StepTensors> step_tensors(const Architecture& architecture, const Parameters& parameters,
                                      at::Device device, at::ScalarType type) {
    std::map<std::string, StepTensors> by_module;
    for (std::size_t i = 0; i < architecture.parameters.size(); ++i) {
        const Parameter& parameter = architecture.parameters[i];
        if (parameter.kind == ParameterKind::num_batches_tracked) continue;
        StepTensors& tensors = by_module[parameter.name.substr(0, parameter.name.rfind('.'))];
        const at::Tensor tensor = device_tensor(parameter, parameters.at(i), device, type);
        switch (parameter.kind) {
            // A head that is a 1×1 convolution computes what a linear layer does.
            case ParameterKind::weight:
                tensors.weight = parameter.operation == Operation::linear ? tensor.flatten(1) : tensor;
                break;
            case ParameterKind::bias: tensors.bias = tensor; break;
            case ParameterKind::running_mean: tensors.running_mean = tensor; break;
            case ParameterKind::running_var: tensors.running_var = tensor; break;
            case ParameterKind::num_batches_tracked: break;
        }
    }
    std::vector<StepTensors> result;
    for (const Step& step : architecture.steps) result.push_back(by_module[step.module]);
    return result;
}

std::vector<std::size_t> last_uses(const std::vector<Step>& steps) {
    std::vector<std::size_t> last_use(steps.size() + 1, steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        last_use[steps[i].input] = i;
        if (steps[i].other >= 0) last_use[steps[i].other] = i;
    }
    return last_use;
}

/// x and other: [N, C, H, W], or [N, features] for `linear`. Where `x` dies, its memory is reused.
at::Tensor compute(const Step& step, const StepTensors& tensors, at::Tensor x, const at::Tensor& other,
                   bool x_dies) {
    switch (step.operation) {
        case Operation::convolution:
            return at::conv2d(x, tensors.weight, tensors.bias, {step.stride, step.stride},
                              {step.padding, step.padding}, {1, 1}, step.groups);
        case Operation::batch_norm:
            return at::batch_norm(x, tensors.weight, tensors.bias, tensors.running_mean, tensors.running_var,
                                  /*training=*/false, /*momentum=*/0.0, step.eps, /*cudnn_enabled=*/true);
        case Operation::relu: return x_dies ? x.relu_() : at::relu(x);
        case Operation::max_pool:
            return at::max_pool2d(x, {step.kernel, step.kernel}, {step.stride, step.stride},
                                  {step.padding, step.padding});
        case Operation::global_average_pool: return at::mean(x, {2, 3}, /*keepdim=*/false, at::kFloat);
        case Operation::add: return x_dies ? x.add_(other) : at::add(x, other);
        case Operation::linear: return at::linear(x, tensors.weight, tensors.bias);
    }
    throw ModelError("the libtorch engine does not know this operation");
}

/// images: [N, 3, H, W] → [N, classes], on the device.
at::Tensor forward(const Net& net, const at::Tensor& images) {
    std::vector<at::Tensor> values(net.steps.size() + 1);
    values[0] = images;
    for (std::size_t i = 0; i < net.steps.size(); ++i) {
        const Step& step = net.steps[i];
        const bool adds = step.other >= 0;
        const bool input_dies = step.input != 0 && net.last_use[step.input] == i;
        at::Tensor input = input_dies ? std::move(values[step.input]) : values[step.input];
        const at::Tensor other = adds ? values[step.other] : at::Tensor();
        values[step.output] = compute(step, net.tensors[i], std::move(input), other, input_dies);
        if (adds && net.last_use[step.other] == i) values[step.other].reset();
    }
    return values[net.steps.back().output];
}

// On a GPU the type says so, on the CPU only the text.
bool ran_out_of_memory(const c10::Error& error) {
    return dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
           std::string_view(error.what_without_backtrace()).find("can't allocate memory") !=
               std::string_view::npos;
}

class TorchWorker : public Worker {
public:
    TorchWorker(std::shared_ptr<const Net> net, int threads) : net_(std::move(net)) {
        // libtorch sets up the threads of a new thread at their first use, from what any thread asked
        // for last. That must be over before this thread's own number is set.
        at::init_num_threads();
        at::set_num_threads(threads);
        // A stream for each worker: one's pictures are copied while another's are computed with.
        if (net_->device.is_cuda()) {
            stream_ = c10::impl::getDeviceGuardImpl(at::kCUDA)->getStreamFromGlobalPool(net_->device);
        }
    }

    void run(std::span<const std::byte> images, int count, std::span<float> logits) override try {
        const c10::InferenceMode inference;
        const at::NoTF32Guard no_tf32;
        const c10::OptionalStreamGuard on_stream(stream_);
        const at::Tensor pixels = at::from_blob(const_cast<std::byte*>(images.data()),
                                                {count, net_->height, net_->width, 3}, net_->type);
        // [N, H, W, 3] → [N, 3, H, W], channels last, without a copy
        const at::Tensor output = forward(*net_, on_device(pixels).permute({0, 3, 1, 2})).cpu().contiguous();
        std::memcpy(logits.data(), output.const_data_ptr<float>(), sizeof(float) * count * net_->classes);
    } catch (const c10::Error& error) {
        if (ran_out_of_memory(error)) throw std::bad_alloc();  // fewer images may fit
        throw OutputError("libtorch failed on " + net_->device.str() + ": " + first_line(error));
    }

private:
    // A GPU fetches pinned memory by itself, while this thread queues the work.
    at::Tensor on_device(const at::Tensor& pixels) {
        if (!net_->device.is_cuda()) return pixels;
        if (!pinned_.defined() || pinned_.size(0) < pixels.size(0)) {
            pinned_ = at::empty(pixels.sizes(), pixels.options().pinned_memory(true));
        }
        const at::Tensor staged = pinned_.narrow(0, 0, pixels.size(0));
        staged.copy_(pixels);
        return staged.to(net_->device, net_->type, /*non_blocking=*/true);
    }

    std::shared_ptr<const Net> net_;
    std::optional<c10::Stream> stream_;  ///< on a GPU
    at::Tensor pinned_;                  ///< [batch, H, W, 3], on a GPU
};

class TorchEngine : public Engine {
public:
    explicit TorchEngine(std::shared_ptr<const Net> net) : net_(std::move(net)) {}

    std::unique_ptr<Worker> worker(int threads) const override {
        return std::make_unique<TorchWorker>(net_, threads);
    }
    PixelFormat pixel_format() const override {
        return net_->type == at::kFloat ? PixelFormat::interleaved_float32
                                        : PixelFormat::interleaved_bfloat16;
    }
    std::string device() const override { return net_->device.str(); }
    Precision precision() const override {
        return net_->type == at::kFloat ? Precision::fp32 : Precision::bf16;
    }
    bool digits_depend_on_batch() const override { return true; }
    std::string library() const override { return "libtorch " TORCH_VERSION; }

private:
    std::shared_ptr<const Net> net_;
};

at::Device choose(Device device) {
    if (device.kind == Device::Kind::cpu) return at::kCPU;
    const auto gpus = static_cast<int>(at::getNumGPUs());
    if (device.kind == Device::Kind::automatic)
        return gpus > 0 ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
    const std::string wanted = "cuda:" + std::to_string(device.index);
    if (!at::globalContext().hasCUDART()) {
        throw ModelError(wanted +
                         ": this libtorch " TORCH_VERSION
                         " was built without CUDA: build imnet against a CUDA libtorch, or use --device cpu");
    }
    if (gpus == 0) {
        throw ModelError(
            wanted + ": libtorch finds no usable GPU: check the driver with nvidia-smi, or use --device cpu");
    }
    if (device.index >= gpus) {
        throw ModelError(wanted + ": there is no such GPU: this machine has " + std::to_string(gpus) +
                         ", cuda:0 to cuda:" + std::to_string(gpus - 1));
    }
    return {at::kCUDA, static_cast<c10::DeviceIndex>(device.index)};
}

/// Keeps glibc from returning the memory of every layer to the system, which costs page faults.
void keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace

IMNET_ENGINE_MODULE imnet_open_engine(const Architecture& architecture, const Parameters& parameters,
                                      const EngineOptions& options) try {
    const c10::InferenceMode inference;
    const at::Device device = choose(options.device);
    // Every GPU that libtorch supports computes faster in bfloat16; of the CPUs only some.
    const bool bf16 = options.precision == Precision::bf16 ||
                      (options.precision == Precision::automatic && device.is_cuda());
    const at::ScalarType type = bf16 ? at::kBFloat16 : at::kFloat;
    keep_freed_memory();
    return new TorchEngine(std::make_shared<const Net>(
        Net{architecture.steps, step_tensors(architecture, parameters, device, type),
            last_uses(architecture.steps), architecture.classes, device, type, options.height, options.width,
            parameters}));
} catch (const c10::Error& error) {
    throw ModelError("libtorch cannot load the net: " + first_line(error));
}

}  // namespace imnet
