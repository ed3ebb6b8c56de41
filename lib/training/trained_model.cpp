#include "training/trained_model.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "checkpoints/tensor_views.h"
#include "checkpoints/write_safetensors.h"
#include "models/checkpoint_metadata.h"

namespace imnet {
namespace {

// The model's tensors, replaced by the trained ones of the same names.
StateDict whole_net(const Model& model, const StateDict& trained) {
    StateDict whole;
    whole.owner = trained.owner;
    for (std::size_t i = 0; i < model.architecture.parameters.size(); ++i) {
        const Parameter& parameter = model.architecture.parameters[i];
        if (parameter.kind == ParameterKind::num_batches_tracked) continue;
        if (const TensorView* tensor = trained.find(parameter.name)) {
            whole.tensors.emplace_back(parameter.name, *tensor);
            continue;
        }
        TensorView tensor;
        tensor.shape = parameter.shape;
        tensor.strides = contiguous_strides(parameter.shape);
        tensor.bytes = std::as_bytes(model.parameters.at(i));
        whole.tensors.emplace_back(parameter.name, std::move(tensor));
    }
    return whole;
}

}  // namespace

void write_trained_model(const Model& model, const ParentWeights& parent, const FinetuneOptions& options,
                         const StateDict& trained, const EpochResult& point) {
    StateDict checkpoint = whole_net(model, trained);
    checkpoint.metadata = checkpoint_metadata(model.architecture, model.class_names, options.preprocessing);
    const Json metrics{{"epoch", point.epoch},
                       {"train_loss", point.train_loss},
                       {"val_loss", point.validation_loss},
                       {"val_top1", point.validation_top1},
                       {"val_top5", point.validation_top5}};
    checkpoint.metadata.emplace_back("training", options.loop.settings);
    checkpoint.metadata.emplace_back("metrics", metrics.dump());
    checkpoint.metadata.emplace_back("parent", parent.name);
    if (!parent.sha256.empty()) checkpoint.metadata.emplace_back("parent_sha256", parent.sha256);
    checkpoint.metadata.emplace_back("imnet_version", options.version);
    write_safetensors(options.output, checkpoint);
}

Parameters head_parameters(const Model& model, const Architecture& classifier) {
    StateDict tensors = whole_net(model, {});
    std::erase_if(tensors.tensors, [&](const auto& named) {
        return !std::string_view(named.first).starts_with(classifier.head + ".");
    });
    return bind_parameters(classifier, tensors, "the new head");
}

}  // namespace imnet
