// Follows Pillow's libImaging/Resample.c in every operation that rounds: the weights in double, then
// rounded to 22 fractional bits; across first, then down; uint8 between the passes; a pass that would
// not change its axis is left out. What Pillow holds in float (the box) is held in float here.
#include "images/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "images/resize_passes.h"

namespace imnet {
namespace {

double bilinear(double x) {
    x = std::abs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

double bicubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
    if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
    return 0.0;
}

std::int32_t to_fixed_point(double weight) {
    return static_cast<std::int32_t>((weight < 0 ? -0.5 : 0.5) + weight * (1 << weight_bits));
}

const ResizePasses& fastest_passes() {
    static const ResizePasses& passes =
        avx2_resize_passes() != nullptr ? *avx2_resize_passes() : portable_resize_passes;
    return passes;
}

/// Columns left … left + width of rows top … top + height.
Image crop(const Image& image, int left, int top, int width, int height) {
    Image out{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
    for (int y = 0; y < height; ++y) {
        std::memcpy(out.row(y), image.row(top + y) + static_cast<std::size_t>(left) * 3,
                    static_cast<std::size_t>(width) * 3);
    }
    return out;
}

/// Rows top … top + height of the picture, resized across: [height, window.width, 3].
Image resize_across(const Image& image, std::int64_t width, Interpolation interpolation, const Window& window,
                    int top, int height) {
    if (width == image.width) return crop(image, static_cast<int>(window.left), top, window.width, height);
    const AxisWeights columns = axis_weights(image.width, width, window.left, window.width, interpolation);
    Image out{window.width, height,
              std::vector<std::uint8_t>(static_cast<std::size_t>(window.width) * height * 3)};
    fastest_passes().horizontal(image.row(top), image.width, height, columns, out.row(0));
    return out;
}

}  // namespace

AxisWeights axis_weights(int input_size, std::int64_t output_size, std::int64_t first_output, int outputs,
                         Interpolation interpolation) {
    const auto filter = interpolation == Interpolation::bilinear ? bilinear : bicubic;
    const double filter_support = interpolation == Interpolation::bilinear ? 1.0 : 2.0;
    const double scale =
        static_cast<double>(static_cast<float>(input_size)) / static_cast<double>(output_size);
    const double filter_scale = std::max(scale, 1.0);
    const double support = filter_support * filter_scale;

    AxisWeights axis;
    axis.taps = (static_cast<int>(std::ceil(support)) * 2 + 1 + 3) / 4 * 4;
    axis.first.resize(outputs);
    axis.count.resize(outputs);
    axis.weights.resize(static_cast<std::size_t>(outputs) * axis.taps);
    std::vector<double> exact(axis.taps);
    for (int i = 0; i < outputs; ++i) {
        const double center = (static_cast<double>(first_output + i) + 0.5) * scale;
        const int first = std::max(static_cast<int>(center - support + 0.5), 0);
        const int end = std::min(static_cast<int>(center + support + 0.5), input_size);
        double sum = 0.0;
        for (int x = first; x < end; ++x) {
            exact[x - first] = filter((x - center + 0.5) * (1.0 / filter_scale));
            sum += exact[x - first];
        }
        for (int x = first; x < end; ++x) {
            const double weight = sum != 0.0 ? exact[x - first] / sum : exact[x - first];
            axis.weights[static_cast<std::size_t>(i) * axis.taps + (x - first)] = to_fixed_point(weight);
        }
        axis.first[i] = first;
        axis.count[i] = end - first;
    }
    return axis;
}

Image resize(const Image& image, std::int64_t width, std::int64_t height, Interpolation interpolation,
             const Window& window) {
    if (height == image.height) {
        return resize_across(image, width, interpolation, window, static_cast<int>(window.top),
                             window.height);
    }
    const AxisWeights rows = axis_weights(image.height, height, window.top, window.height, interpolation);
    const int top = rows.first.front();
    const int bottom = rows.first.back() + rows.count.back();
    const Image across = resize_across(image, width, interpolation, window, top, bottom - top);

    Image out{window.width, window.height,
              std::vector<std::uint8_t>(static_cast<std::size_t>(window.width) * window.height * 3)};
    const std::size_t row_bytes = static_cast<std::size_t>(window.width) * 3;
    for (int y = 0; y < window.height; ++y) {
        fastest_passes().vertical(across.row(rows.first[y] - top), row_bytes, rows.of(y), out.row(y));
    }
    return out;
}

}  // namespace imnet
