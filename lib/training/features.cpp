#include "training/features.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>

#include "base/interruption.h"
#include "base/run_on_threads.h"
#include "preprocess/pixel_loader.h"

namespace imnet {
namespace {

// What all threads fill, each its own rows.
struct Rows {
    std::vector<float> values;
    std::vector<std::optional<InputError>> errors;
};

class FeatureWorker {
public:
    FeatureWorker(const Engine& engine, const Preprocessing& recipe, std::size_t width, int batch)
        : worker_(engine.worker(1)),
          loader_(recipe, engine.pixel_format()),
          width_(width),
          pixels_(loader_.bytes() * static_cast<std::size_t>(batch)),
          values_(width * static_cast<std::size_t>(batch)) {}

    void run(std::span<const LabelledImage> images, std::size_t first, std::size_t count, Rows& rows) {
        std::vector<std::size_t> loaded;
        for (std::size_t i = first; i < first + count; ++i) {
            Input input{images[i].path};
            const auto outcome = loader_.load(
                input, std::span(pixels_).subspan(loaded.size() * loader_.bytes(), loader_.bytes()));
            if (outcome) {
                loaded.push_back(i);
            } else {
                rows.errors[i] = outcome.error();
            }
        }
        if (loaded.empty()) return;
        // [n, crop, crop, 3] → [n, width]
        worker_->run(std::span(pixels_).first(loaded.size() * loader_.bytes()),
                     static_cast<int>(loaded.size()), std::span(values_).first(loaded.size() * width_));
        for (std::size_t i = 0; i < loaded.size(); ++i) {
            std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(i * width_), width_,
                        rows.values.begin() + static_cast<std::ptrdiff_t>(loaded[i] * width_));
        }
    }

private:
    std::unique_ptr<Worker> worker_;
    PixelLoader loader_;
    std::size_t width_;
    std::vector<std::byte> pixels_;
    std::vector<float> values_;
};

Features without_bad(std::span<const LabelledImage> images, Rows rows, std::size_t width) {
    Features features;
    features.width = width;
    for (std::size_t i = 0; i < images.size(); ++i) {
        if (rows.errors[i]) {
            features.bad_pictures.push_back({images[i].path, *rows.errors[i]});
            continue;
        }
        std::copy_n(rows.values.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                    rows.values.begin() + static_cast<std::ptrdiff_t>(features.targets.size() * width));
        features.targets.push_back(images[i].target);
    }
    rows.values.resize(features.targets.size() * width);
    features.values = std::move(rows.values);
    return features;
}

}  // namespace

Features backbone_features(const Engine& engine, const Preprocessing& recipe,
                           std::span<const LabelledImage> images, std::size_t width, int threads, int batch) {
    Rows rows{std::vector<float>(images.size() * width),
              std::vector<std::optional<InputError>>(images.size())};
    std::atomic<std::size_t> next{0};
    const auto wanted = static_cast<std::size_t>(batch);
    run_on_threads(threads, [&] {
        FeatureWorker worker(engine, recipe, width, batch);
        for (std::size_t first = next.fetch_add(wanted); first < images.size();
             first = next.fetch_add(wanted)) {
            if (const int signal = interrupted()) throw Interrupted{signal};
            worker.run(images, first, std::min(wanted, images.size() - first), rows);
        }
    });
    return without_bad(images, std::move(rows), width);
}

FeatureBatches::FeatureBatches(const Features& features, const EpochPlan& plan)
    : features_(features),
      batch_(static_cast<std::size_t>(plan.batch)),
      order_(epoch_order(static_cast<std::uint32_t>(features.targets.size()), plan.seed,
                         static_cast<std::uint64_t>(plan.epoch))),
      position_(static_cast<std::size_t>(plan.first_batch) * batch_) {}

std::optional<TrainingBatch> FeatureBatches::next() {
    if (position_ >= order_.size()) return std::nullopt;
    const std::size_t end = std::min(position_ + batch_, order_.size());
    TrainingBatch batch;
    for (; position_ < end; ++position_) {
        const std::size_t row = order_[position_];
        const auto values = features_.values.begin() + static_cast<std::ptrdiff_t>(row * features_.width);
        batch.inputs.insert(batch.inputs.end(), values,
                            values + static_cast<std::ptrdiff_t>(features_.width));
        batch.targets.push_back(features_.targets[row]);
    }
    return batch;
}

}  // namespace imnet
