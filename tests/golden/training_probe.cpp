// Trains a network to compare it with PyTorch:
//   training_probe MODEL CHECKPOINT BATCHES OUT [NAME=VALUE…]
// BATCHES is a safetensors file with `inputs` [steps, count, H, W, 3] (or [steps, count, features] with
// part=head) and `targets` [steps, count, classes]. OUT is a safetensors file with `losses` [steps], `norms`
// [steps] (L2 norms of the gradients), `gradients/NAME` of the last step, `weights/NAME` after it, and the
// `logits` of the last batch. Names: optimizer, lr, weight_decay, momentum, clip_norm, smoothing,
// class_weights (comma-separated), frozen_stages, precision, part=head, threads, restore_after (a new trainer
// restores the state after that many steps and goes on).
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "checkpoints/checkpoint.h"
#include "checkpoints/tensor_views.h"
#include "checkpoints/write_safetensors.h"
#include "engines/trainer.h"
#include "models/parameters.h"
#include "models/split_architecture.h"

namespace {

using namespace imnet;

using Settings = std::map<std::string, std::string>;

Settings read_settings(std::span<char*> words) {
    Settings settings;
    for (const std::string word : words) {
        const std::size_t equals = word.find('=');
        settings[word.substr(0, equals)] = word.substr(equals + 1);
    }
    return settings;
}

double number(const Settings& settings, const std::string& name, double fallback) {
    const auto found = settings.find(name);
    return found == settings.end() ? fallback : std::stod(found->second);
}

TrainerOptions trainer_options(const Settings& settings, const Architecture& net) {
    TrainerOptions options;
    options.device = {Device::Kind::cpu};
    options.threads = static_cast<int>(number(settings, "threads", 1));
    if (settings.contains("precision")) options.precision = Precision::bf16;
    const std::string optimizer = settings.at("optimizer");
    if (optimizer == "adamw") options.optimizer.kind = Optimizer::adamw;
    if (optimizer == "sgd") options.optimizer.kind = Optimizer::sgd;
    options.optimizer.momentum = number(settings, "momentum", 0.9);
    options.optimizer.weight_decay = number(settings, "weight_decay", 0);
    options.optimizer.clip_norm = number(settings, "clip_norm", 0);
    options.label_smoothing = number(settings, "smoothing", 0);
    if (const auto found = settings.find("class_weights"); found != settings.end()) {
        std::istringstream weights(found->second);
        for (std::string weight; std::getline(weights, weight, ',');)
            options.class_weights.push_back(std::stof(weight));
    }
    options.trainable = parameters_to_train(net, static_cast<int>(number(settings, "frozen_stages", 0)));
    return options;
}

/// A state dict that owns the memory of its tensors.
struct Results {
    void add(const std::string& name, std::vector<float> values, std::vector<std::int64_t> shape) {
        const auto& owned = memory.emplace_back(std::make_shared<std::vector<float>>(std::move(values)));
        TensorView view;
        view.strides = contiguous_strides(shape);
        view.shape = std::move(shape);
        view.bytes = std::as_bytes(std::span(*owned));
        file.tensors.emplace_back(name, std::move(view));
    }
    void add(const std::string& prefix, const StateDict& tensors) {
        for (const auto& [name, tensor] : tensors.tensors) {
            std::vector<float> values(static_cast<std::size_t>(tensor.element_count()));
            to_float32(tensor, values);
            add(prefix + name, std::move(values), tensor.shape);
        }
    }

    StateDict file;
    std::vector<std::shared_ptr<std::vector<float>>> memory;
};

std::vector<float> values_of(const StateDict& file, const std::string& name) {
    const TensorView* tensor = file.find(name);
    std::vector<float> values(static_cast<std::size_t>(tensor->element_count()));
    to_float32(*tensor, values);
    return values;
}

void train(const std::string& model, const std::string& checkpoint, const std::string& batches,
           const std::string& out, const Settings& settings) {
    const StateDict file = read_checkpoint(batches, {.keep_names = true});
    const std::vector<std::int64_t> shape = file.find("inputs")->shape;
    const auto steps = static_cast<std::size_t>(shape[0]);
    const auto count = static_cast<int>(shape[1]);
    const auto classes = static_cast<int>(file.find("targets")->shape[2]);
    const std::vector<float> inputs = values_of(file, "inputs");
    const std::vector<float> targets = values_of(file, "targets");

    Architecture net = architecture(model, classes);
    if (settings.contains("part")) net = head(net);
    const Parameters parameters =
        bind_parameters(net, read_checkpoint(checkpoint, {.keep_names = true}), checkpoint);
    TrainerOptions options = trainer_options(settings, net);
    options.input_shape.assign(shape.begin() + 2, shape.end());
    const auto open = [&] { return open_trainer(net, parameters, options); };
    auto trainer = open();

    const auto restore_after = static_cast<std::size_t>(number(settings, "restore_after", 0));
    const std::size_t step_inputs = inputs.size() / steps;
    const std::size_t step_targets = targets.size() / steps;
    std::vector<float> losses;
    std::vector<float> norms;
    for (std::size_t i = 0; i < steps; ++i) {
        if (i > 0 && i == restore_after) {
            auto next = open();
            next->restore(trainer->weights(), trainer->optimizer_state());
            trainer = std::move(next);
        }
        const TrainingStep step = trainer->step(std::span(inputs).subspan(i * step_inputs, step_inputs),
                                                std::span(targets).subspan(i * step_targets, step_targets),
                                                count, number(settings, "lr", 0.001));
        losses.push_back(static_cast<float>(step.loss));
        norms.push_back(static_cast<float>(step.gradient_norm));
    }
    std::vector<float> logits(static_cast<std::size_t>(count) * classes);
    trainer->logits(std::span(inputs).last(step_inputs), count, logits);

    Results results;
    results.add("losses", losses, {static_cast<std::int64_t>(steps)});
    results.add("norms", norms, {static_cast<std::int64_t>(steps)});
    results.add("logits", logits, {count, classes});
    results.add("gradients/", trainer->gradients());
    results.add("weights/", trainer->weights());
    write_safetensors(out, results.file);
}

}  // namespace

int main(int argc, char** argv) try {
    const std::span words(argv, static_cast<std::size_t>(argc));
    if (words.size() < 5) throw std::invalid_argument("MODEL CHECKPOINT BATCHES OUT [NAME=VALUE…]");
    train(words[1], words[2], words[3], words[4], read_settings(words.subspan(5)));
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "training_probe: {}\n", error.what());
    return 1;
}
