#include "training/training_batches.h"

#include <algorithm>
#include <utility>

#include "preprocess/read_picture.h"

namespace imnet {
namespace {

constexpr std::size_t batches_ahead = 3;

}  // namespace

TrainingBatches::TrainingBatches(std::span<const LabelledImage> images, const Augmentation& augmentation,
                                 const EpochPlan& plan)
    : images_(images),
      augmentation_(augmentation),
      plan_(plan),
      order_(epoch_order(static_cast<std::uint32_t>(images.size()), plan.seed,
                         static_cast<std::uint64_t>(plan.epoch))),
      floats_(static_cast<std::size_t>(augmentation.size) * augmentation.size * 3),
      slots_(batches_ahead),
      next_batch_(static_cast<std::size_t>(plan.first_batch)),
      next_position_(next_batch_ * static_cast<std::size_t>(plan.batch)) {
    for (std::size_t batch = next_batch_; batch < next_batch_ + batches_ahead; ++batch) {
        slot_of(batch).inputs.resize(static_cast<std::size_t>(plan.batch) * floats_);
        slot_of(batch).errors.resize(static_cast<std::size_t>(plan.batch));
        slot_of(batch).missing = batch_size(batch);
    }
    for (int i = 0; i < plan.threads; ++i) threads_.emplace_back([this] { work(); });
}

TrainingBatches::~TrainingBatches() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
}

std::size_t TrainingBatches::batches() const {
    const auto batch = static_cast<std::size_t>(plan_.batch);
    return (order_.size() + batch - 1) / batch;
}

std::size_t TrainingBatches::batch_size(std::size_t batch) const {
    const std::size_t first = batch * static_cast<std::size_t>(plan_.batch);
    return first >= order_.size() ? 0
                                  : std::min(static_cast<std::size_t>(plan_.batch), order_.size() - first);
}

std::optional<TrainingBatch> TrainingBatches::next() {
    if (next_batch_ >= batches()) return std::nullopt;
    std::unique_lock lock(mutex_);
    Slot& slot = slot_of(next_batch_);
    changed_.wait(lock, [&] { return slot.missing == 0 || error_; });
    if (error_) std::rethrow_exception(error_);
    TrainingBatch batch;
    const std::size_t first = next_batch_ * static_cast<std::size_t>(plan_.batch);
    for (std::size_t i = 0; i < batch_size(next_batch_); ++i) {
        const LabelledImage& image = images_[order_[first + i]];
        if (slot.errors[i]) {
            bad_pictures_.push_back({image.path, *std::exchange(slot.errors[i], std::nullopt)});
            continue;
        }
        const auto pixels = slot.inputs.begin() + static_cast<std::ptrdiff_t>(i * floats_);
        batch.inputs.insert(batch.inputs.end(), pixels, pixels + static_cast<std::ptrdiff_t>(floats_));
        batch.targets.push_back(image.target);
    }
    slot.missing = batch_size(next_batch_ + batches_ahead);
    ++next_batch_;
    changed_.notify_all();
    return batch;
}

void TrainingBatches::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [&] {
            const std::size_t end = (next_batch_ + batches_ahead) * static_cast<std::size_t>(plan_.batch);
            return stopping_ || next_position_ >= order_.size() || next_position_ < end;
        });
        if (stopping_ || next_position_ >= order_.size()) return;
        const std::size_t position = next_position_++;
        Slot& slot = slot_of(position / static_cast<std::size_t>(plan_.batch));
        lock.unlock();
        std::exception_ptr error;
        try {
            prepare(position, slot);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        if (error) error_ = error;
        --slot.missing;
        if (slot.missing == 0 || error) changed_.notify_all();
    }
}

void TrainingBatches::prepare(std::size_t position, Slot& slot) {
    const std::size_t index = order_[position];
    const std::size_t place = position % static_cast<std::size_t>(plan_.batch);
    Input input{images_[index].path};
    const auto picture = read_picture(input);
    if (!picture) {
        slot.errors[place] = picture.error();
        return;
    }
    augment(*picture, augmentation_, sample_seed(plan_.seed, static_cast<std::uint64_t>(plan_.epoch), index),
            std::span(slot.inputs).subspan(place * floats_, floats_));
}

}  // namespace imnet
