#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/errors.h"
#include "datasets/class_folders.h"
#include "training/augmentation.h"

namespace imnet {

/// What a trainer takes at a time.
struct TrainingBatch {
    std::vector<float> inputs;  ///< [targets.size(), …]
    std::vector<int> targets;
};

/// A picture that could not be read.
struct BadPicture {
    std::string path;
    InputError error;
};

/// Where an epoch begins, and what it is made of.
struct EpochPlan {
    std::uint64_t seed = 0;
    int epoch = 0;        ///< from 0
    int first_batch = 0;  ///< batches before it were trained with already
    int batch = 32;       ///< pictures in each, but for the last
    int threads = 1;
};

/// One epoch over labelled pictures, augmented: threads of its own read, decode and augment a few
/// batches ahead. What a batch holds depends on the plan alone, never on the threads.
class TrainingBatches {
public:
    /// `images` and `augmentation` must outlive it.
    TrainingBatches(std::span<const LabelledImage> images, const Augmentation& augmentation,
                    const EpochPlan& plan);
    ~TrainingBatches();
    TrainingBatches(const TrainingBatches&) = delete;
    TrainingBatches& operator=(const TrainingBatches&) = delete;

    /// The next batch, [n, size, size, 3]; pictures that cannot be read are left out of it, so that it
    /// may be small or empty. Nothing at the end.
    std::optional<TrainingBatch> next();

    /// The pictures that were left out so far.
    const std::vector<BadPicture>& bad_pictures() const { return bad_pictures_; }

private:
    struct Slot {
        std::vector<float> inputs;
        std::vector<std::optional<InputError>> errors;  ///< one a picture
        std::size_t missing = 0;                        ///< pictures that are not there yet
    };

    void work();
    void prepare(std::size_t position, Slot& slot);
    std::size_t batches() const;
    std::size_t batch_size(std::size_t batch) const;
    Slot& slot_of(std::size_t batch) { return slots_[batch % slots_.size()]; }

    std::span<const LabelledImage> images_;
    const Augmentation& augmentation_;
    EpochPlan plan_;
    std::vector<std::uint32_t> order_;
    std::size_t floats_;  ///< of a picture
    std::vector<Slot> slots_;
    std::vector<BadPicture> bad_pictures_;
    std::size_t next_batch_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t next_position_;  ///< in the order: the picture that no thread has taken yet
    bool stopping_ = false;
    std::exception_ptr error_;
    std::vector<std::jthread> threads_;
};

}  // namespace imnet
