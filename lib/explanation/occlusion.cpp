#include "explanation/occlusion.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

namespace imnet {
namespace {

// The pixels first … end of one axis that the patch covers, cut at the borders.
struct Extent {
    int first;
    int end;
};

Extent patch_at(int cell, int cells, const OcclusionOptions& options) {
    const double centre = (cell + 0.5) * options.image_size / cells;
    const int first = static_cast<int>(std::lround(centre - options.patch / 2.0));
    return {std::max(first, 0), std::min(first + options.patch, options.image_size)};
}

// The mean colour is zero after normalisation, in every number format.
void hide(std::span<std::byte> picture, const Extent& columns, const Extent& rows, PixelFormat format,
          int side) {
    const bool planar = format == PixelFormat::planar_float32;
    const std::size_t element = format == PixelFormat::interleaved_bfloat16 ? 2 : 4;
    const std::size_t pixel = planar ? element : 3 * element;
    for (int plane = 0; plane < (planar ? 3 : 1); ++plane) {
        for (int y = rows.first; y < rows.end; ++y) {
            const std::size_t row = (static_cast<std::size_t>(plane) * side + y) * side;
            std::fill_n(picture.begin() + static_cast<std::ptrdiff_t>((row + columns.first) * pixel),
                        static_cast<std::size_t>(columns.end - columns.first) * pixel, std::byte{0});
        }
    }
}

}  // namespace

ClassHeat occlusion(const Engine& engine, const OcclusionOptions& options, std::span<const std::byte> pixels,
                    std::optional<int> class_index) {
    const auto classes = static_cast<std::size_t>(options.classes);
    const auto worker = engine.worker(options.threads);
    std::vector<float> logits(classes);
    worker->run(pixels, 1, logits);
    refuse_non_finite(logits);
    const int index = class_index ? *class_index : top_k(logits, 1).front().index;
    const float whole = probability_of(logits, index, options.activation);

    const int cells = (options.image_size + options.stride - 1) / options.stride;
    HeatMap heat{cells, cells, {}};
    std::vector<std::byte> batch;
    for (int done = 0; done < cells * cells;) {
        const int count = std::min(options.batch, cells * cells - done);
        batch.clear();
        for (int i = done; i < done + count; ++i) {
            batch.insert(batch.end(), pixels.begin(), pixels.end());
            hide(std::span(batch).last(pixels.size()), patch_at(i % cells, cells, options),
                 patch_at(i / cells, cells, options), engine.pixel_format(), options.image_size);
        }
        logits.resize(static_cast<std::size_t>(count) * classes);
        worker->run(batch, count, logits);
        for (int i = 0; i < count; ++i) {
            const std::span hidden =
                std::span(logits).subspan(static_cast<std::size_t>(i) * classes, classes);
            heat.values.push_back(std::max(0.0F, whole - probability_of(hidden, index, options.activation)));
        }
        done += count;
    }
    return {{index, whole}, std::move(heat)};
}

}  // namespace imnet
