#include "engines/picture_batch.h"

#include <algorithm>
#include <utility>

namespace imnet {

PictureBatch::PictureBatch(std::unique_ptr<Worker> worker, PixelLoader loader, std::size_t outputs)
    : worker_(std::move(worker)),
      loader_(std::move(loader)),
      picture_bytes_(loader_.bytes()),
      outputs_each_(outputs) {}

void PictureBatch::load(std::span<Input> inputs) {
    places_.clear();
    places_.reserve(inputs.size());
    damage_.assign(inputs.size(), {});
    loaded_ = 0;
    pixels_.resize(inputs.size() * picture_bytes_);
    for (Input& input : inputs) {
        auto outcome =
            loader_.load(input, std::span(pixels_).subspan(loaded_ * picture_bytes_, picture_bytes_));
        if (outcome) {
            damage_[places_.size()] = std::move(outcome->damage);
            places_.emplace_back(loaded_++);
        } else {
            places_.push_back(tl::unexpected(outcome.error()));
        }
    }
}

void PictureBatch::run(std::size_t at_least) {
    if (loaded_ == 0) return;
    const std::size_t count = std::max(loaded_, at_least);
    pixels_.resize(std::max(pixels_.size(), count * picture_bytes_));
    std::fill(pixels_.begin() + static_cast<std::ptrdiff_t>(loaded_ * picture_bytes_),
              pixels_.begin() + static_cast<std::ptrdiff_t>(count * picture_bytes_), std::byte{0});
    outputs_.resize(count * outputs_each_);
    worker_->run(std::span(pixels_).first(count * picture_bytes_), static_cast<int>(count), outputs_);
}

Expected<std::span<const float>> PictureBatch::outputs_of(std::size_t input) const {
    const Expected<std::size_t>& place = places_[input];
    if (!place) return tl::unexpected(place.error());
    return std::span(outputs_).subspan(*place * outputs_each_, outputs_each_);
}

void PictureBatch::release_memory() {
    loader_.give_back_memory();
    pixels_ = {};
    outputs_ = {};
}

}  // namespace imnet
