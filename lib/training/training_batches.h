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

/// One batch for a trainer.
struct TrainingBatch {
    std::vector<float> inputs;  ///< [targets.size(), …]
    std::vector<int> targets;
};

/// A picture that could not be read, and why.
struct BadPicture {
    std::string path;
    InputError error;
};

/// How an epoch is divided into batches, and where it starts.
struct EpochPlan {
    std::uint64_t seed = 0;
    int epoch = 0;        ///< from 0
    int first_batch = 0;  ///< earlier batches were trained with already
    int batch = 32;       ///< pictures in each batch; the last may have fewer
    int threads = 1;
};

/// One epoch over labelled pictures, augmented. Its own threads read, decode and augment a few batches ahead.
/// The contents of a batch depend only on the plan, never on the threads.
class TrainingBatches {
public:
    /// `images` and `augmentation` must outlive it.
    TrainingBatches(std::span<const LabelledImage> images, const Augmentation& augmentation,
                    const EpochPlan& plan);
    ~TrainingBatches();
    TrainingBatches(const TrainingBatches&) = delete;
    TrainingBatches& operator=(const TrainingBatches&) = delete;

    /// The next batch, [n, size, size, 3]; nothing at the end. Pictures that cannot be read are left out, so
    /// a batch may be smaller, even empty.
    std::optional<TrainingBatch> next();

    /// The pictures that could not be read, so far.
    const std::vector<BadPicture>& bad_pictures() const { return bad_pictures_; }

private:
    struct Slot {
        std::vector<float> inputs;
        std::vector<std::optional<InputError>> errors;  ///< one a picture
        std::size_t missing = 0;                        ///< pictures that are not ready yet
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
    std::size_t next_position_;  ///< the first place in the order that no thread has taken yet
    bool stopping_ = false;
    std::exception_ptr error_;
    std::vector<std::jthread> threads_;
};

}  // namespace imnet
