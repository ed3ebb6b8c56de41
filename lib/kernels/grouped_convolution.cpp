#include "kernels/grouped_convolution.h"

#include <algorithm>
#include <cstddef>

#include "kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/grouped_convolution.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/vectors-inl.h"

#ifndef IMNET_GROUPED_CONVOLUTION_JOB  // what does not depend on the instruction set
#define IMNET_GROUPED_CONVOLUTION_JOB
namespace imnet {
namespace {

// Output channels side by side.
constexpr int block_channels = 8;

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

}  // namespace
}  // namespace imnet
#endif

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {
namespace {

// A block in as many registers as it takes.
using Lanes = hn::CappedTag<float, block_channels>;
using Vector = hn::Vec<Lanes>;
constexpr int lanes = hn::MaxLanes(Lanes());
constexpr int registers = block_channels / lanes;

// Neighbouring pixels that one reading of the weights serves, with their sums in registers.
constexpr int strip = 6;

// No struct: its constructor would be compiled for the plain processor, where NEON's vectors have one.
using Sums = Vector[strip][registers];

/// Each four channels of a block are a group: channel i of it in all four lanes.
template <int i>
HWY_INLINE Vector spread(const float* pixel, int part) {
#if HWY_TARGET == HWY_SCALAR
    return hn::Set(Lanes(), pixel[part / 4 * 4 + i]);
#else
    return hn::Broadcast<i>(hn::LoadU(Lanes(), pixel + part * lanes));
#endif
}

// Adds what one tap of the kernel gives to a strip. `pixels` are those under the tap, at the first
// channel of the block (groups of 4: two in a block) or of its group.
HWY_INLINE void add_tap_of_four(Sums& sums, const float* const* pixels, const float* weight) {
    const Lanes d;
    HWY_UNROLL(8)
    for (int part = 0; part < registers; ++part) {
        const float* from = weight + part * lanes;
        const Vector first = hn::LoadU(d, from), second = hn::LoadU(d, from + block_channels);
        const Vector third = hn::LoadU(d, from + 2 * block_channels);
        const Vector fourth = hn::LoadU(d, from + 3 * block_channels);
        HWY_UNROLL(6)
        for (int p = 0; p < strip; ++p) {
            Vector sum = hn::MulAdd(spread<0>(pixels[p], part), first, sums[p][part]);
            sum = hn::MulAdd(spread<1>(pixels[p], part), second, sum);
            sum = hn::MulAdd(spread<2>(pixels[p], part), third, sum);
            sums[p][part] = hn::MulAdd(spread<3>(pixels[p], part), fourth, sum);
        }
    }
}

HWY_INLINE void add_tap(Sums& sums, const float* const* pixels, const float* weight, int group_width) {
    const Lanes d;
    for (int i = 0; i < group_width; ++i, weight += block_channels) {
        Vector weights[registers];
        HWY_UNROLL(8)
        for (int part = 0; part < registers; ++part) weights[part] = hn::LoadU(d, weight + part * lanes);
        HWY_UNROLL(6)
        for (int p = 0; p < strip; ++p) {
            const Vector pixel = hn::Set(d, pixels[p][i]);
            HWY_UNROLL(8)
            for (int part = 0; part < registers; ++part) {
                sums[p][part] = hn::MulAdd(pixel, weights[part], sums[p][part]);
            }
        }
    }
}

template <bool four>
HWY_INLINE void compute_strip(const Job& job, int block, int y, int x) {
    const Lanes d;
    const int width_out = (job.width - 1) / job.stride + 1;
    const int first_channel = block * block_channels;
    const int group_channel = four ? first_channel : first_channel / job.group_width * job.group_width;
    Sums sums;
    HWY_UNROLL(6)
    for (int p = 0; p < strip; ++p) {
        HWY_UNROLL(8)
        for (int part = 0; part < registers; ++part) {
            sums[p][part] = hn::LoadU(d, job.bias + first_channel + part * lanes);
        }
    }
    const std::ptrdiff_t tap_size = static_cast<std::ptrdiff_t>(job.group_width) * block_channels;
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
    HWY_UNROLL(6)
    for (int p = 0; p < strip; ++p) {
        if (p == width_out - x) break;
        float* to = job.destination + (static_cast<std::ptrdiff_t>(y) * width_out + x + p) * job.channels +
                    first_channel;
        HWY_UNROLL(8)
        for (int part = 0; part < registers; ++part) {
            const Vector sum = sums[p][part];
            hn::StoreU(job.relu ? relu_of(d, sum) : sum, d, to + part * lanes);
        }
    }
}

template <bool four>
HWY_INLINE void compute_rows(const Job& job) {
    // A block's weights stay in the first cache for a few rows, and those rows in the second.
    constexpr int rows = 8;
    const int width_out = (job.width - 1) / job.stride + 1;
    for (int first = job.first_row; first < job.last_row; first += rows) {
        for (int block = 0; block < job.channels / block_channels; ++block) {
            for (int y = first; y < std::min(first + rows, job.last_row); ++y) {
                for (int x = 0; x < width_out; x += strip) compute_strip<four>(job, block, y, x);
            }
        }
    }
}

void compute(const Job& job) {
    if (job.group_width == 4) {
        compute_rows<true>(job);
    } else {
        compute_rows<false>(job);
    }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imnet {

HWY_EXPORT(compute);

bool grouped_fits(int in_channels, int out_channels, int kernel, int stride, int padding, int groups) {
    const int width = in_channels / groups;
    return groups > 1 && in_channels == out_channels && kernel == 3 && padding == 1 && stride <= 2 &&
           in_channels % block_channels == 0 && (width == 4 || width % block_channels == 0);
}

GroupedConvolution::GroupedConvolution(int channels, int groups, int stride, std::span<const float> weight,
                                       std::span<const float> bias)
    : channels_(channels),
      group_width_(channels / groups),
      stride_(stride),
      weight_(weight.size()),
      bias_(bias.begin(), bias.end()),
      zeros_(static_cast<std::size_t>(std::max(group_width_, block_channels))) {
    // [channel, in, tap] → [channel / 8, tap, in, channel % 8]
    const auto width = static_cast<std::size_t>(group_width_);
    for (std::size_t channel = 0; channel < bias.size(); ++channel) {
        for (std::size_t in = 0; in < width; ++in) {
            for (std::size_t tap = 0; tap < 9; ++tap) {
                weight_[((channel / block_channels * 9 + tap) * width + in) * block_channels +
                        channel % block_channels] = weight[(channel * width + in) * 9 + tap];
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
        HWY_DYNAMIC_DISPATCH(compute)
        ({source.data() + image_in * image, destination.data() + image_out * image, weight_.data(),
          bias_.data(), zeros_.data(), images.height, images.width, channels_, stride_, group_width_,
          height_out * part / parts, height_out * (part + 1) / parts, relu});
    }
}

}  // namespace imnet
#endif  // HWY_ONCE
