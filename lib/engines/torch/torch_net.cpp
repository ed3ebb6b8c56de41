#include "engines/torch/torch_net.h"

#include <malloc.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <ATen/Context.h>
#include <ATen/ops/from_blob.h>
#include <torch/version.h>

#include "base/errors.h"

namespace imnet {

namespace {

std::vector<std::size_t> last_uses(const std::vector<Step>& steps) {
    std::vector<std::size_t> last_use(steps.size() + 1, steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        last_use[steps[i].input] = i;
        if (steps[i].other >= 0) last_use[steps[i].other] = i;
    }
    return last_use;
}

/// A parameter on the device; a view of `values` if device, type and memory format agree, else a copy.
at::Tensor device_tensor(const Parameter& parameter, std::span<const float> values, at::Device device,
                         at::ScalarType type) {
    // from_blob wants a mutable pointer; nothing writes through it.
    at::Tensor tensor =
        at::from_blob(const_cast<float*>(values.data()), parameter.shape, at::kFloat).to(device);
    // Norms and the head stay in float32. They take little time, and the logits are more accurate.
    if (parameter.operation != Operation::convolution) return tensor;
    tensor = tensor.to(type);
    // Channels-last convolutions are 5 to 15 per cent faster on a CPU than channels-first ones.
    return parameter.kind == ParameterKind::weight ? tensor.contiguous(at::MemoryFormat::ChannelsLast)
                                                   : tensor;
}

/// Runs the steps [first, end). `input` is the value that step `first` reads; the steps must not read other
/// values from before.
at::Tensor run_steps(const TorchNet& net, std::size_t first, std::size_t end, const at::Tensor& input) {
    std::vector<at::Tensor> values(net.steps.size() + 1);
    const int given = net.steps[first].input;
    values[given] = input;
    for (std::size_t i = first; i < end; ++i) {
        const Step& step = net.steps[i];
        const bool adds = step.other >= 0;
        // The caller still owns the given input, so it is never overwritten.
        const bool is_last_use = step.input != given && net.last_use[step.input] == i;
        at::Tensor x = is_last_use ? std::move(values[step.input]) : values[step.input];
        const at::Tensor other = adds ? values[step.other] : at::Tensor();
        values[step.output] = compute_step(step, net.tensors[i], std::move(x), other, is_last_use);
        if (adds && net.last_use[step.other] == i) values[step.other].reset();
    }
    return values[net.steps[end - 1].output];
}

/// The pooling before the head.
std::size_t pooling_step(const TorchNet& net) {
    const auto step = std::find_if(net.steps.begin(), net.steps.end(), [](const Step& each) {
        return each.operation == Operation::global_average_pool;
    });
    return static_cast<std::size_t>(step - net.steps.begin());
}

}  // namespace

TorchNet torch_net(const Architecture& architecture, std::span<const at::Tensor> by_parameter) {
    std::map<std::string, StepTensors> by_module;
    for (std::size_t i = 0; i < architecture.parameters.size(); ++i) {
        const Parameter& parameter = architecture.parameters[i];
        StepTensors& tensors = by_module[parameter.name.substr(0, parameter.name.rfind('.'))];
        switch (parameter.kind) {
            case ParameterKind::weight: tensors.weight = by_parameter[i]; break;
            case ParameterKind::bias: tensors.bias = by_parameter[i]; break;
            case ParameterKind::gate: tensors.gate = by_parameter[i]; break;
            case ParameterKind::running_mean: tensors.running_mean = by_parameter[i]; break;
            case ParameterKind::running_var: tensors.running_var = by_parameter[i]; break;
            case ParameterKind::num_batches_tracked: break;
        }
    }
    TorchNet net{architecture.steps, {}, last_uses(architecture.steps)};
    for (const Step& step : architecture.steps) {
        if (step.operation == Operation::squeeze_excitation) {
            StepTensors tensors = by_module[step.module + ".fc2"];
            const StepTensors& reduce = by_module[step.module + ".fc1"];
            tensors.reduce_weight = reduce.weight;
            tensors.reduce_bias = reduce.bias;
            net.tensors.push_back(std::move(tensors));
        } else if (step.operation == Operation::channel_attention) {
            net.tensors.push_back(by_module[step.module + ".conv"]);
        } else {
            net.tensors.push_back(by_module[step.module]);
        }
    }
    return net;
}

std::vector<at::Tensor> device_tensors(const Architecture& architecture, const Parameters& parameters,
                                       at::Device device, at::ScalarType type) {
    // A weight is rounded after it is standardised, not before.
    std::set<std::string_view> standardised;
    for (const Step& step : architecture.steps)
        if (step.standardised) standardised.insert(step.module);

    std::vector<at::Tensor> tensors;
    for (std::size_t i = 0; i < architecture.parameters.size(); ++i) {
        const Parameter& parameter = architecture.parameters[i];
        const std::string_view module = std::string_view(parameter.name).substr(0, parameter.name.rfind('.'));
        const bool unused = parameter.kind == ParameterKind::num_batches_tracked;
        tensors.push_back(unused ? at::Tensor()
                                 : device_tensor(parameter, parameters.at(i), device,
                                                 standardised.contains(module) ? at::kFloat : type));
    }
    return tensors;
}

at::Tensor forward(const TorchNet& net, const at::Tensor& images) {
    return run_steps(net, 0, net.steps.size(), images);
}

at::Tensor features_of(const TorchNet& net, const at::Tensor& images) {
    return run_steps(net, 0, pooling_step(net), images);
}

at::Tensor logits_of(const TorchNet& net, const at::Tensor& features) {
    return run_steps(net, pooling_step(net), net.steps.size(), features);
}

at::Device torch_device(Device device) {
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

bool in_bfloat16(Precision precision, at::Device device) {
    return precision == Precision::bf16 || (precision == Precision::automatic && device.is_cuda());
}

void keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

std::string first_line(const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    return text.substr(0, text.find('\n'));
}

// For a GPU the error has a type of its own. For the CPU only its text tells.
bool ran_out_of_memory(const c10::Error& error) {
    return dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
           std::string_view(error.what_without_backtrace()).find("can't allocate memory") !=
               std::string_view::npos;
}

}  // namespace imnet
