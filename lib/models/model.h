// A model: everything that classifies a picture, except the engine that computes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "models/architecture.h"
#include "models/class_names.h"
#include "models/model_name.h"
#include "models/output_activation.h"
#include "models/parameters.h"
#include "models/provenance.h"
#include "preprocess/preprocessing.h"
#include "preprocess/stated_preprocessing.h"

namespace imnet {

/// Published weights in a cache of this machine, or beside the program (models/bundled_model.h).
struct PublishedSource {
    std::string name;  ///< "IMAGENET1K_V2"; empty for the default of the architecture
};

/// A checkpoint: a file, or a folder as Hugging Face lays it out.
struct CheckpointSource {
    std::filesystem::path path;
};

/// Weights as PyTorch draws them after `torch.manual_seed(seed)`.
struct RandomSource {
    std::uint64_t seed = 0;
    int classes = 1000;
};

struct ModelRequest {
    std::variant<PublishedSource, CheckpointSource, RandomSource> source = {};
    /// Or a name that `parse_model_name` understands. Empty: what the checkpoint's tensors fit, else the
    /// default.
    std::string architecture = {};
    std::string preprocessing_of = {};  ///< published weights of the architecture whose preprocessing applies
                                        ///< where nothing else states one; empty: of its default weights
    StatedPreprocessing stated = {};    ///< what the user states of it, instead of the model's own
    bool test_size = false;             ///< preprocess for the test size instead of the training size
    bool prefer_ema = false;  ///< take the averaged weights (EMA) of a training checkpoint that has both
    bool backbone_suffices =
        false;  ///< a checkpoint without a classifier will do, because training makes one
    std::optional<OutputActivation> activation = {};        ///< instead of the one that the checkpoint states
    std::optional<std::filesystem::path> class_names = {};  ///< a file, one name a line; else the model's own
};

/// One line that the user should see.
struct ModelNote {
    enum class Kind { remark, warning } kind = Kind::remark;
    std::string text;
};

/// A backbone without a classifier has one class and no class names.
struct Model {
    Architecture architecture;
    Parameters parameters;
    ClassNames class_names;
    Preprocessing preprocessing;
    OutputActivation activation = OutputActivation::softmax;
    Provenance provenance;
    std::vector<ModelNote> notes;
};

/// Finds and reads the model. Downloads nothing. Its first note says which model it is; another says
/// which options override what the weights state. Throws UsageError for an architecture that does not exist,
/// for a test size that is not known and as `with_stated`, ModelError where the weights or
/// class names are missing or do not fit.
Model load_model(const ModelRequest& request);

/// Throws UsageError for a head with one output and softmax, which makes 100 % of everything.
void check_activation(const Model& model);

/// The model with a head for these classes, drawn as `torch.manual_seed(seed)` and
/// `net.fc = nn.Linear(features, classes)` draw it. A model that has exactly these classes keeps its head.
Model with_class_names(Model model, ClassNames class_names, std::uint64_t seed);

}  // namespace imnet
