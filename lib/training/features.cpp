#include "training/features.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>

#include "base/fit_memory.h"
#include "base/interruption.h"
#include "base/run_on_threads.h"
#include "engines/picture_batch.h"
#include "inputs/input_queue.h"
#include "preprocess/pixel_loader.h"

namespace imnet {
namespace {

// One row for each picture: its features, or its error. Threads fill different rows at the same time.
struct Rows {
    std::vector<float> values;
    std::vector<std::optional<InputError>> errors;
};

// What one worker does: read → decode → preprocess → run → a row each, until there are no more pictures.
void fill_rows(InputQueue& queue, PictureBatch batch, std::size_t width, Rows& rows,
               std::atomic<std::size_t>& done) {
    FitMemory memory;
    for (InputRun run = queue.take(); !run.inputs.empty(); run = queue.take()) {
        const auto compute_together = [&](std::size_t first, std::size_t count) {
            batch.load(std::span(run.inputs).subspan(first, count));
            batch.run();  // [n, image_size, image_size, 3] → [n, width]
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t row = run.first + first + i;
                const auto features = batch.outputs_of(i);
                if (features) {
                    std::ranges::copy(*features,
                                      rows.values.begin() + static_cast<std::ptrdiff_t>(row * width));
                } else {
                    rows.errors[row] = features.error();
                }
            }
        };
        memory.run(
            run.inputs.size(), compute_together, [&] { batch.release_memory(); },
            [&](std::size_t i) { rows.errors[run.first + i] = out_of_memory(); });
        done += run.inputs.size();
    }
}

// The rows of the pictures that have features, without gaps.
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

Features backbone_features(const Engine& engine, const Preprocessing& preprocessing,
                           std::span<const LabelledImage> images, std::size_t width, int threads, int batch) {
    Rows rows{std::vector<float>(images.size() * width),
              std::vector<std::optional<InputError>>(images.size())};
    std::size_t next = 0;
    InputQueue queue(
        [&]() -> std::optional<Input> {
            if (next == images.size()) return std::nullopt;
            return Input{images[next++].path};
        },
        static_cast<std::size_t>(batch));
    std::atomic<std::size_t> done = 0;
    run_on_threads(threads, [&] {
        fill_rows(queue,
                  PictureBatch(engine.worker(1), PixelLoader(preprocessing, engine.pixel_format()), width),
                  width, rows, done);
    });
    if (done < images.size()) throw Interrupted{interrupted()};
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
