#include "kernels/grouped_convolution.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "base/cpu_clones.h"

#define IMNET_INLINE inline __attribute__((always_inline))

namespace imnet {
namespace {

// Eight output channels side by side.
constexpr int lanes = 8;
using Lanes = float __attribute__((vector_size(lanes * sizeof(float))));
using LaneNumbers = int __attribute__((vector_size(lanes * sizeof(int))));

// Neighbouring pixels that one reading of the weights serves, with their sums in registers.
constexpr int strip = 6;

// One image, and which of its rows are to be written.
struct Job {
    const float* source;
    float* destination;
    const float* weight;
    const float* bias;
    const float* zeros;
    int height, width, channels, stride, group_width;
    int first_row, last_row;
    bool relu;
};

IMNET_INLINE void load(Lanes& value, const float* from) { std::memcpy(&value, from, sizeof value); }

// Adds what one tap of the kernel gives to a strip. `pixels` are those under the tap, at the first
// channel of the block (groups of 4: two in a block) or of its group.
IMNET_INLINE void add_tap_of_four(Lanes* sums, const float* const* pixels, const float* weight) {
    Lanes weights[4];
    for (int i = 0; i < 4; ++i) load(weights[i], weight + i * lanes);
    for (int p = 0; p < strip; ++p) {
        Lanes pixel;
        load(pixel, pixels[p]);
        // Each half of the vector is a group: its channel i goes to all four lanes of that half.
        sums[p] += __builtin_shuffle(pixel, LaneNumbers{0, 0, 0, 0, 4, 4, 4, 4}) * weights[0];
        sums[p] += __builtin_shuffle(pixel, LaneNumbers{1, 1, 1, 1, 5, 5, 5, 5}) * weights[1];
        sums[p] += __builtin_shuffle(pixel, LaneNumbers{2, 2, 2, 2, 6, 6, 6, 6}) * weights[2];
        sums[p] += __builtin_shuffle(pixel, LaneNumbers{3, 3, 3, 3, 7, 7, 7, 7}) * weights[3];
    }
}

IMNET_INLINE void add_tap(Lanes* sums, const float* const* pixels, const float* weight, int group_width) {
    for (int i = 0; i < group_width; ++i) {
        Lanes weights;
        load(weights, weight + static_cast<std::ptrdiff_t>(i) * lanes);
        for (int p = 0; p < strip; ++p) sums[p] += pixels[p][i] * weights;
    }
}

template <bool four>
IMNET_INLINE void compute_strip(const Job& job, int block, int y, int x) {
    const int width_out = (job.width - 1) / job.stride + 1;
    const int first_channel = block * lanes;
    const int group_channel = four ? first_channel : first_channel / job.group_width * job.group_width;
    Lanes sums[strip];
    load(sums[0], job.bias + first_channel);
    for (int p = 1; p < strip; ++p) sums[p] = sums[0];
    const std::ptrdiff_t tap_size = static_cast<std::ptrdiff_t>(job.group_width) * lanes;
    const float* weight = job.weight + block * 9 * tap_size;
    for (int row = 0; row < 3; ++row) {
        const int source_y = y * job.stride + row - 1;
        for (int column = 0; column < 3; ++column, weight += tap_size) {
            const float* pixels[strip];
            for (int p = 0; p < strip; ++p) {
                const int source_x = (x + p) * job.stride + column - 1;
                const bool inside =
                    source_y >= 0 && source_y < job.height && source_x >= 0 && source_x < job.width;
                pixels[p] = inside ? job.source +
                                         (static_cast<std::ptrdiff_t>(source_y) * job.width + source_x) *
                                             job.channels +
                                         group_channel
                                   : job.zeros;
            }
            if constexpr (four) {
                add_tap_of_four(sums, pixels, weight);
            } else {
                add_tap(sums, pixels, weight, job.group_width);
            }
        }
    }
    for (int p = 0; p < std::min(strip, width_out - x); ++p) {
        if (job.relu) sums[p] = sums[p] < Lanes{} ? Lanes{} : sums[p];
        float* to = job.destination + (static_cast<std::ptrdiff_t>(y) * width_out + x + p) * job.channels +
                    first_channel;
        std::memcpy(to, &sums[p], sizeof sums[p]);
    }
}

template <bool four>
IMNET_INLINE void compute_rows(const Job& job) {
    // A block's weights stay in the first cache for a few rows, and those rows in the second.
    constexpr int rows = 8;
    const int width_out = (job.width - 1) / job.stride + 1;
    for (int first = job.first_row; first < job.last_row; first += rows) {
        for (int block = 0; block < job.channels / lanes; ++block) {
            for (int y = first; y < std::min(first + rows, job.last_row); ++y) {
                for (int x = 0; x < width_out; x += strip) compute_strip<four>(job, block, y, x);
            }
        }
    }
}

IMNET_CPU_CLONES void compute(const Job& job) {
    if (job.group_width == 4) {
        compute_rows<true>(job);
    } else {
        compute_rows<false>(job);
    }
}

}  // namespace

bool grouped_fits(int in_channels, int out_channels, int kernel, int stride, int padding, int groups) {
    const int width = in_channels / groups;
    return groups > 1 && in_channels == out_channels && kernel == 3 && padding == 1 && stride <= 2 &&
           in_channels % lanes == 0 && (width == 4 || width % lanes == 0);
}

GroupedConvolution::GroupedConvolution(int channels, int groups, int stride, std::span<const float> weight,
                                       std::span<const float> bias)
    : channels_(channels),
      group_width_(channels / groups),
      stride_(stride),
      weight_(weight.size()),
      bias_(bias.begin(), bias.end()),
      zeros_(static_cast<std::size_t>(std::max(group_width_, lanes))) {
    // [channel, in, tap] → [channel / 8, tap, in, channel % 8]
    const auto width = static_cast<std::size_t>(group_width_);
    for (std::size_t channel = 0; channel < bias.size(); ++channel) {
        for (std::size_t in = 0; in < width; ++in) {
            for (std::size_t tap = 0; tap < 9; ++tap) {
                weight_[((channel / lanes * 9 + tap) * width + in) * lanes + channel % lanes] =
                    weight[(channel * width + in) * 9 + tap];
            }
        }
    }
}

void GroupedConvolution::run(std::span<const float> source, NhwcImages images, std::span<float> destination,
                             bool relu, int part, int parts) const {
    const int height_out = (images.height - 1) / stride_ + 1, width_out = (images.width - 1) / stride_ + 1;
    const std::size_t image_in = static_cast<std::size_t>(images.height) * images.width * channels_;
    const std::size_t image_out = static_cast<std::size_t>(height_out) * width_out * channels_;
    for (int image = 0; image < images.count; ++image) {
        compute({source.data() + image_in * image, destination.data() + image_out * image, weight_.data(),
                 bias_.data(), zeros_.data(), images.height, images.width, channels_, stride_, group_width_,
                 height_out * part / parts, height_out * (part + 1) / parts, relu});
    }
}

}  // namespace imnet
