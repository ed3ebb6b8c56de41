// The names of models as people copy them from torchvision, timm and Hugging Face.
#pragma once

#include <string>
#include <string_view>

#include "models/published_weights.h"

namespace imnet {

/// An architecture, and the published weights that its name states.
struct ModelName {
    std::string architecture;                   ///< "resnet50", "timm/resnet50"
    const PublishedWeights* weights = nullptr;  ///< null if the name states none
};

/// Understands
/// - an architecture: `resnet50` (torchvision's), `timm/resnet50`, `torchvision/resnet50`, `resnet50d`
/// - with a tag of timm: `resnet50.a1_in1k`, after `timm/`, `hf-hub:timm/`, `hf_hub:timm/` or the address of
///   Hugging Face, too
/// - torchvision's enumerations: `ResNet50_Weights.IMAGENET1K_V2`, `ResNet50_Weights.DEFAULT`
/// - `DEFAULT` after any dot: the default weights of this architecture.
/// Throws UsageError for an unknown architecture and ModelError for unknown weights. Both list what is near.
ModelName parse_model_name(std::string_view typed);

/// What the name of a model and that of its weights say together. Either may be empty. The weights may be the
/// bare name, `a1_in1k` or `DEFAULT`, or a name that states the model, too; if only the weights are named,
/// also the name of a model, of which they are the default. An empty model is the default architecture.
/// Throws as the other function does, and UsageError where the two contradict each other.
ModelName parse_model_name(std::string_view model, std::string_view weights);

/// The architecture where no name and no checkpoint states one.
inline constexpr std::string_view default_architecture = "resnet50";

/// Every name that states an architecture, and every name that states its weights, too.
std::vector<std::string> known_model_names();

}  // namespace imnet
