// The labelled pictures of an evaluation: what they are called, and which of the model's classes that is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/options.h"
#include "datasets/class_mapping.h"
#include "datasets/picture_targets.h"
#include "inputs/input_source.h"
#include "models/class_names.h"

namespace imnet::app {

class EvalData {
public:
    /// Reads the list of labels, where one is named. Throws UsageError.
    explicit EvalData(const Options& options);

    /// Goes through all pictures and finds the classes of their labels. Throws ModelError, naming labels,
    /// where the model does not have all of them or they fit two classes, UsageError where there is nothing
    /// to evaluate.
    void map_to(const ClassNames& model);

    /// A walk through all pictures, from the start.
    NextInput inputs() const;

    /// The class of a picture; nothing where it has no label, or one that is left out.
    std::optional<int> truth_of(std::string_view path) const;

    const ClassMapping& mapping() const { return mapping_; }
    const TargetSurvey& survey() const { return survey_; }

    /// Pictures of classes that the model does not have.
    std::uint64_t unknown() const;

    /// Says what is left out, and what is missing.
    void say_what_is_left_out() const;

private:
    void refuse_nothing() const;
    void refuse_unmapped() const;

    const Options& options_;
    PictureTargets targets_;
    TargetSurvey survey_;
    ClassMapping mapping_;
};

}  // namespace imnet::app
