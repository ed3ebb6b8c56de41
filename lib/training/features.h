#pragma once

#include <span>
#include <vector>

#include "datasets/class_folders.h"
#include "engines/engine.h"
#include "preprocess/preprocessing.h"
#include "training/training_batches.h"

namespace imnet {

/// What a frozen backbone makes of pictures, once and for all epochs.
struct Features {
    std::size_t width = 0;      ///< features of a picture
    std::vector<float> values;  ///< [targets.size(), width]
    std::vector<int> targets;
    std::vector<BadPicture> bad_pictures;  ///< of which there is no row
};

/// Runs every picture through a net without its head, `width` numbers each; several threads, each with
/// batches of its own. The rows are in the order of the pictures. A signal that asks the run to stop is
/// Interrupted.
Features backbone_features(const Engine& engine, const Preprocessing& recipe,
                           std::span<const LabelledImage> images, std::size_t width, int threads, int batch);

/// One epoch over features, in that order of the rows: a batch and its targets at a time.
class FeatureBatches {
public:
    /// `features` must outlive it.
    FeatureBatches(const Features& features, const EpochPlan& plan);

    /// The next batch, [n, width]; nothing at the end.
    std::optional<TrainingBatch> next();

private:
    const Features& features_;
    std::size_t batch_;
    std::vector<std::uint32_t> order_;
    std::size_t position_;
};

}  // namespace imnet
