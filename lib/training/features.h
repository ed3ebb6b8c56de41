#pragma once

#include <span>
#include <vector>

#include "datasets/class_folders.h"
#include "engines/engine.h"
#include "preprocess/preprocessing.h"
#include "training/training_batches.h"

namespace imnet {

/// The outputs of a frozen backbone for pictures, computed once for all epochs.
struct Features {
    std::size_t width = 0;      ///< features of a picture
    std::vector<float> values;  ///< [targets.size(), width]
    std::vector<int> targets;
    std::vector<BadPicture> bad_pictures;  ///< pictures without a row
};

/// Runs every picture through a net without its head, which gives `width` numbers each. Several threads work,
/// each on batches of its own; the rows are in the order of the pictures. Where memory runs short, batches
/// become smaller. Throws Interrupted after a signal that asks the program to stop.
Features backbone_features(const Engine& engine, const Preprocessing& preprocessing,
                           std::span<const LabelledImage> images, std::size_t width, int threads, int batch);

/// One epoch over features, in the epoch's random order, a batch at a time.
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
