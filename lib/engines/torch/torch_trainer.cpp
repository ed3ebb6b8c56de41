// Training with libtorch's autograd: PyTorch's loop of forward, cross_entropy, backward, clip_grad_norm_ and
// optimizer.step, with its fused optimizers.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>

#include "base/errors.h"
#include "engines/module.h"
#include "engines/torch/torch_net.h"
#include "engines/torch/torch_optimizer.h"

namespace imnet {

namespace {

/// `with torch.autocast(device, torch.bfloat16, enabled=enabled)`, for the lifetime of the object.
class Autocast {
public:
    Autocast(at::DeviceType device, bool enabled)
        : device_(device), before_(at::autocast::is_autocast_enabled(device)) {
        if (enabled) at::autocast::set_autocast_dtype(device, at::kBFloat16);
        at::autocast::set_autocast_enabled(device, enabled);
        at::autocast::increment_nesting();
    }
    ~Autocast() {
        // Autocast keeps the weights that it has cast, and the optimizer changes the weights after this.
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        at::autocast::set_autocast_enabled(device_, before_);
    }
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

private:
    at::DeviceType device_;
    bool before_;
};

/// A tensor that views `values`; do not write to it.
at::Tensor view(std::span<const float> values, at::IntArrayRef shape) {
    return at::from_blob(const_cast<float*>(values.data()), shape, at::kFloat);
}

void append(StateDict& state_dict, std::vector<at::Tensor>& owned, const std::string& name,
            const at::Tensor& tensor) {
    // Clone, because training goes on and would change a tensor that already is contiguous on the CPU.
    owned.push_back(tensor.detach().to(at::kCPU, at::kFloat).contiguous().clone());
    TensorView view;
    view.shape = owned.back().sizes().vec();
    view.strides = owned.back().strides().vec();
    view.bytes = std::as_bytes(
        std::span(owned.back().const_data_ptr<float>(), static_cast<std::size_t>(owned.back().numel())));
    state_dict.tensors.emplace_back(name, std::move(view));
}

StateDict to_state_dict(const NamedTensors& tensors) {
    StateDict state_dict;
    state_dict.container = "memory";
    const auto owned = std::make_shared<std::vector<at::Tensor>>();
    for (const auto& [name, tensor] : tensors) append(state_dict, *owned, name, tensor);
    state_dict.owner = owned;
    return state_dict;
}

void copy_into(const at::Tensor& tensor, const std::string& name, const StateDict& from) {
    const TensorView* found = from.find(name);
    if (found == nullptr || found->element_count() != tensor.numel()) {
        throw ModelError("the training state does not fit this model: the tensor " + name +
                         " is missing or has another size");
    }
    std::vector<float> values(static_cast<std::size_t>(found->element_count()));
    to_float32(*found, values);
    const at::NoGradGuard no_grad;
    tensor.copy_(view(values, tensor.sizes()));
}

class TorchTrainer : public Trainer {
public:
    TorchTrainer(const Architecture& architecture, const Parameters& parameters,
                 const TrainerOptions& options)
        : options_(options),
          classes_(architecture.classes),
          device_(torch_device(options.device)),
          optimizer_(options.optimizer) {
        at::init_num_threads();
        keep_freed_memory();
        std::vector<at::Tensor> by_parameter;
        for (std::size_t i = 0; i < architecture.parameters.size(); ++i) {
            const Parameter& parameter = architecture.parameters[i];
            if (parameter.kind == ParameterKind::num_batches_tracked) {
                by_parameter.emplace_back();
                continue;
            }
            at::Tensor tensor = view(parameters.at(i), parameter.shape).to(device_).clone();
            if (parameter.operation == Operation::convolution && parameter.kind == ParameterKind::weight)
                tensor = tensor.contiguous(at::MemoryFormat::ChannelsLast);
            if (parameter.trainable() && options.trainable[i]) {
                tensor.requires_grad_();
                optimizer_.add(parameter.name, tensor, parameter.shape.size() > 1);
            }
            by_parameter.push_back(tensor);
            all_.emplace_back(parameter.name, tensor);
        }
        net_ = torch_net(architecture, by_parameter);
        for (StepTensors& tensors : net_.tensors) {
            tensors.training = tensors.running_mean.defined() && tensors.weight.requires_grad();
        }
        if (!options.class_weights.empty()) {
            class_weights_ = at::tensor(options.class_weights).to(device_);
        }
    }

    TrainingStep step(std::span<const float> inputs, std::span<const float> targets, int count,
                      double learning_rate) override try {
        use_own_threads();
        optimizer_.zero_gradients();
        const at::Tensor target = targets_of(targets, count).to(device_);
        at::Tensor logits;
        {
            const Autocast autocast(device_.type(), in_bfloat16(options_.precision, device_));
            logits = forward(net_, batch(inputs, count));
        }
        // logits: [count, classes], target: [count] or [count, classes] → loss: []
        const at::Tensor loss = at::cross_entropy_loss(logits.to(at::kFloat), target, class_weights_,
                                                       at::Reduction::Mean, -100, options_.label_smoothing);
        TrainingStep result{loss.item<double>(), 0};
        if (!std::isfinite(result.loss)) return result;
        loss.backward();
        result.gradient_norm = optimizer_.step(learning_rate);
        return result;
    } catch (const c10::Error& error) {
        fail(error);
    }

    StateDict gradients() const override { return to_state_dict(optimizer_.gradients()); }

    void logits(std::span<const float> inputs, int count, std::span<float> out) override try {
        use_own_threads();
        const at::NoGradGuard no_grad;
        const Autocast autocast(device_.type(), in_bfloat16(options_.precision, device_));
        TorchNet evaluated = net_;
        for (StepTensors& tensors : evaluated.tensors) tensors.training = false;
        const at::Tensor logits =
            forward(evaluated, batch(inputs, count)).to(at::kCPU, at::kFloat).contiguous();
        std::memcpy(out.data(), logits.const_data_ptr<float>(),
                    sizeof(float) * static_cast<std::size_t>(count * classes_));
    } catch (const c10::Error& error) {
        fail(error);
    }

    StateDict weights() const override { return to_state_dict(all_); }
    StateDict optimizer_state() const override { return to_state_dict(optimizer_.state()); }

    void restore(const StateDict& weights, const StateDict& optimizer_state) override {
        for (const auto& [name, tensor] : all_) copy_into(tensor, name, weights);
        for (const auto& [name, tensor] : optimizer_.state()) copy_into(tensor, name, optimizer_state);
        optimizer_.restored();
    }

private:
    // Validation between two steps may have changed this thread's number of threads, usually to 1. With that,
    // the next epoch took 1.5 times as long.
    void use_own_threads() const { at::set_num_threads(options_.threads); }

    at::Tensor batch(std::span<const float> inputs, int count) const {
        std::vector<std::int64_t> shape{count};
        shape.insert(shape.end(), options_.input_shape.begin(), options_.input_shape.end());
        const at::Tensor tensor = view(inputs, shape).to(device_);
        // [N, H, W, 3] → [N, 3, H, W], channels last, without a copy
        return tensor.dim() == 4 ? tensor.permute({0, 3, 1, 2}) : tensor;
    }

    // Class indices, [count], if every row is one-hot, else probabilities, [count, classes]. PyTorch's loss
    // applies class weights differently to the two.
    at::Tensor targets_of(std::span<const float> targets, int count) const {
        const at::Tensor probabilities = view(targets, {count, classes_});
        const bool one_hot = std::all_of(targets.begin(), targets.end(),
                                         [](float target) { return target == 0 || target == 1; });
        return one_hot ? probabilities.argmax(1) : probabilities;
    }

    [[noreturn]] void fail(const c10::Error& error) const {
        if (ran_out_of_memory(error)) throw std::bad_alloc();
        throw OutputError("libtorch failed on " + device_.str() + ": " + first_line(error));
    }

    TrainerOptions options_;
    std::int64_t classes_;
    at::Device device_;
    TorchOptimizer optimizer_;
    NamedTensors all_;
    TorchNet net_;
    at::Tensor class_weights_;
};

}  // namespace

IMNET_MODULE_FUNCTION Trainer* imnet_open_trainer(const Architecture& architecture,
                                                  const Parameters& parameters,
                                                  const TrainerOptions& options) try {
    return new TorchTrainer(architecture, parameters, options);
} catch (const c10::Error& error) {
    throw ModelError("libtorch cannot load the net: " + first_line(error));
}

}  // namespace imnet
