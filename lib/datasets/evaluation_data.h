// The labelled pictures of an evaluation: their targets, and which of the model's classes these are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/class_mapping.h"
#include "datasets/picture_targets.h"
#include "inputs/input_source.h"
#include "models/class_names.h"

namespace imnet {

struct EvaluationDataOptions {
    std::string folder;                           ///< or archive
    std::optional<std::string> target_list = {};  ///< a file of targets; without one folders name the classes
    Numbers numbers = Numbers::maybe_index;
    bool skip_unknown = false;  ///< leave out pictures of classes that the model does not have
    bool follow = false;        ///< enter folders through links
    bool all_names = false;     ///< also take files without an image ending
};

class EvaluationData {
public:
    /// Reads the list of targets, where there is one. Throws UsageError.
    explicit EvaluationData(EvaluationDataOptions options);

    /// Goes through all pictures and finds the classes of their targets. Throws ModelError, naming targets,
    /// where the model does not have all of them or they fit two classes; UsageError where there is nothing
    /// to evaluate.
    void map_to(const ClassNames& model);

    /// A walk through all pictures, from the start.
    NextInput inputs() const;

    /// The class of a picture; nothing where it has no target, or one that is left out.
    std::optional<int> target_of(std::string_view path) const;

    const std::string& folder() const { return options_.folder; }
    const ClassMapping& mapping() const { return mapping_; }
    const TargetSurvey& survey() const { return survey_; }

    /// Pictures of classes that the model does not have.
    std::uint64_t unknown() const;

    /// Pictures that can be evaluated.
    std::uint64_t pictures() const { return survey_.labelled - unknown(); }

    /// What is left out and what is missing, a line each.
    std::vector<std::string> notes() const;

private:
    void refuse_nothing() const;
    void refuse_unmapped() const;
    bool are_ids_of_ilsvrc() const;  ///< 1 … 1000, with 1000 among them

    EvaluationDataOptions options_;
    PictureTargets targets_;
    TargetSurvey survey_;
    ClassMapping mapping_;
};

}  // namespace imnet
