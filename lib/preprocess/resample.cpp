// Rounds exactly as Pillow's libImaging/Resample.c: weights are computed in double, then rounded to 22
// fractional bits; the horizontal pass comes first; uint8 between the passes; a pass that would not change
// the size is left out. The box is a float, as in Pillow.
#include "preprocess/resample.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "codecs/orientation.h"

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

double sinc(double x) {
    if (x == 0.0) return 1.0;
    x *= M_PI;
    return std::sin(x) / x;
}

double box(double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }

double hamming(double x) {
    x = std::abs(x);
    if (x == 0.0) return 1.0;
    if (x >= 1.0) return 0.0;
    return sinc(x) * (0.54F + 0.46F * std::cos(x * M_PI));
}

double lanczos(double x) { return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0; }

/// The weight of an input at a distance from the output, and the distance up to which inputs have weights.
struct Filter {
    double (*weight)(double);
    double support;
};

Filter filter_of(Interpolation interpolation) {
    switch (interpolation) {
        case Interpolation::box: return {box, 0.5};
        case Interpolation::hamming: return {hamming, 1.0};
        case Interpolation::bicubic: return {bicubic, 2.0};
        case Interpolation::lanczos: return {lanczos, 3.0};
        case Interpolation::nearest:  // it takes one input, without weights
        case Interpolation::bilinear: break;
    }
    return {bilinear, 1.0};
}

std::int32_t to_fixed_point(double weight) {
    return static_cast<std::int32_t>((weight < 0 ? -0.5 : 0.5) + weight * (1 << weight_bits));
}

/// Each output is the input at the same place: a pass that changes nothing.
AxisWeights same_size_weights(std::int64_t first_output, int outputs) {
    AxisWeights axis;
    axis.taps = 4;
    axis.weights.resize(static_cast<std::size_t>(outputs) * axis.taps);
    for (int i = 0; i < outputs; ++i) {
        axis.first.push_back(static_cast<int>(first_output + i));
        axis.count.push_back(1);
        axis.weights[static_cast<std::size_t>(i) * axis.taps] = 1 << weight_bits;
    }
    return axis;
}

/// Each output is one input: the one that holds the output's centre. As in Pillow, the centres are added up
/// one after the other, because that rounds otherwise than a product.
AxisWeights nearest_weights(int input_size, std::int64_t output_size, std::int64_t first_output,
                            int outputs) {
    const double scale =
        static_cast<double>(static_cast<float>(input_size)) / static_cast<double>(output_size);
    double center = scale * 0.5;
    for (std::int64_t i = 0; i < first_output; ++i) center += scale;
    AxisWeights axis = same_size_weights(0, outputs);
    for (int& input : axis.first) {
        input = std::min(static_cast<int>(center), input_size - 1);
        center += scale;
    }
    return axis;
}

/// Changes the sums to inputs that are stored in reverse.
void reverse_inputs(AxisWeights& axis, int input_size) {
    for (std::size_t i = 0; i < axis.first.size(); ++i) {
        axis.first[i] = input_size - axis.first[i] - axis.count[i];
        const auto weights = axis.weights.begin() + static_cast<std::ptrdiff_t>(i) * axis.taps;
        std::reverse(weights, weights + axis.count[i]);
    }
}

/// Renumbers the inputs from the first that is needed; returns which that is and how many are needed.
struct Extent {
    int start;
    int length;
};
Extent cut_to_extent(AxisWeights& axis) {
    const int start = std::ranges::min(axis.first);
    int end = start;
    for (std::size_t i = 0; i < axis.first.size(); ++i) end = std::max(end, axis.first[i] + axis.count[i]);
    for (int& first : axis.first) first -= start;
    return {start, end - start};
}

Image black(int width, int height) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
}

/// One stored pixel for each output, turned or not: [height, width, 3] → [rows, columns, 3].
Image pick(const Image& image, const std::vector<int>& columns, const std::vector<int>& rows,
           bool swap_axes) {
    Image out = black(static_cast<int>(columns.size()), static_cast<int>(rows.size()));
    for (int y = 0; y < out.height; ++y) {
        std::uint8_t* target = out.row(y);
        for (const int x : columns) {
            const std::uint8_t* row = image.row(swap_axes ? x : rows[y]);
            target = std::copy_n(row + std::ptrdiff_t{3} * (swap_axes ? rows[y] : x), 3, target);
        }
    }
    return out;
}

/// Horizontal, then vertical: [height, width, 3] → [rows, columns, 3].
Image resize_straight(const Image& image, const AxisWeights& columns, AxisWeights rows) {
    const Extent needed = cut_to_extent(rows);
    Image across = black(static_cast<int>(columns.first.size()), needed.length);
    horizontal_pass(image.row(needed.start), image.width, needed.length, columns, across.row(0));
    Image out = black(across.width, static_cast<int>(rows.first.size()));
    const std::size_t row_bytes = static_cast<std::size_t>(out.width) * 3;
    for (int y = 0; y < out.height; ++y) {
        vertical_pass(across.row(rows.first[y]), row_bytes, row_bytes, rows.of(y), out.row(y));
    }
    return out;
}

/// For a picture that is stored on its side: the columns of the upright picture are the stored rows, so the
/// passes are swapped, and only the small result is turned: [height, width, 3] → [rows, columns, 3].
Image resize_turned(const Image& image, const AxisWeights& columns, AxisWeights rows) {
    const Extent needed = cut_to_extent(rows);
    Image across = black(needed.length, static_cast<int>(columns.first.size()));
    const std::size_t row_bytes = static_cast<std::size_t>(across.width) * 3;
    const std::size_t stride = static_cast<std::size_t>(image.width) * 3;
    for (int i = 0; i < across.height; ++i) {
        const std::uint8_t* first = image.row(columns.first[i]) + static_cast<std::size_t>(needed.start) * 3;
        vertical_pass(first, stride, row_bytes, columns.of(i), across.row(i));
    }
    Image out = black(static_cast<int>(rows.first.size()), across.height);
    horizontal_pass(across.row(0), across.width, across.height, rows, out.row(0));
    constexpr int transposed = 5;
    return orient(std::move(out), transposed);
}

}  // namespace

AxisWeights axis_weights(int input_size, std::int64_t output_size, std::int64_t first_output, int outputs,
                         Interpolation interpolation) {
    if (interpolation == Interpolation::nearest)
        return nearest_weights(input_size, output_size, first_output, outputs);
    const Filter filter = filter_of(interpolation);
    const double scale =
        static_cast<double>(static_cast<float>(input_size)) / static_cast<double>(output_size);
    const double filter_scale = std::max(scale, 1.0);
    const double support = filter.support * filter_scale;

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
            exact[x - first] = filter.weight((x - center + 0.5) * (1.0 / filter_scale));
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

ColumnRange inputs_needed(int input_size, std::int64_t output_size, std::int64_t first_output, int outputs,
                          Interpolation interpolation) {
    if (input_size == output_size) {
        return {static_cast<int>(first_output), static_cast<int>(first_output + outputs)};
    }
    const std::int64_t last_output = first_output + outputs - 1;
    const AxisWeights first = axis_weights(input_size, output_size, first_output, 1, interpolation);
    const AxisWeights last = axis_weights(input_size, output_size, last_output, 1, interpolation);
    return {first.first[0], last.first[0] + last.count[0]};
}

Image resize(const Image& image, std::int64_t width, std::int64_t height, Interpolation interpolation,
             const Window& window, const StoredAs& stored) {
    const Turn turn = turn_of(stored.orientation);
    const int stored_width = stored.left_out_before + image.width + stored.left_out_after;
    const int width_now = turn.swap_axes ? image.height : stored_width;
    const int height_now = turn.swap_axes ? stored_width : image.height;
    AxisWeights columns = width == width_now
                              ? same_size_weights(window.left, window.width)
                              : axis_weights(width_now, width, window.left, window.width, interpolation);
    AxisWeights rows = height == height_now
                           ? same_size_weights(window.top, window.height)
                           : axis_weights(height_now, height, window.top, window.height, interpolation);
    if (turn.swap_axes ? turn.flip_y : turn.flip_x) reverse_inputs(columns, width_now);
    if (turn.swap_axes ? turn.flip_x : turn.flip_y) reverse_inputs(rows, height_now);
    for (int& first : (turn.swap_axes ? rows : columns).first) first -= stored.left_out_before;
    if (interpolation == Interpolation::nearest)
        return pick(image, columns.first, rows.first, turn.swap_axes);
    return turn.swap_axes ? resize_turned(image, columns, std::move(rows))
                          : resize_straight(image, columns, std::move(rows));
}

}  // namespace imnet
