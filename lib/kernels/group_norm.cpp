#include "kernels/group_norm.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/group_norm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/sigmoid-inl.h"
#include "kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {
namespace {

using Floats = hn::ScalableTag<float>;

constexpr int pixels_at_once = 8;
constexpr int chunk = 128;  // pixels whose sum is in float32; longer sums are in double

/// What a channel's values less `origin` are summed to.
struct Sums {
    explicit Sums(int channels)
        : origin(channels), sum(channels), squares(channels), total(channels), total_squares(channels) {}

    std::vector<float> origin;  ///< the first pixel: numbers near the mean have small, exact squares
    std::vector<float> sum, squares;
    std::vector<double> total, total_squares;
};

/// For each channel from c on.
template <class D, typename Element>
HWY_INLINE void add_pixels(D d, const Element* source, std::ptrdiff_t stride, int pixels, int c, Sums& sums) {
    const auto origin = hn::LoadU(d, sums.origin.data() + c);
    auto sum = hn::Zero(d), squares = hn::Zero(d);
    for (int pixel = 0; pixel < pixels; ++pixel) {
        const auto x = load_floats(d, source + pixel * stride + c) - origin;
        sum = sum + x;
        squares = hn::MulAdd(x, x, squares);
    }
    hn::StoreU(hn::LoadU(d, sums.sum.data() + c) + sum, d, sums.sum.data() + c);
    hn::StoreU(hn::LoadU(d, sums.squares.data() + c) + squares, d, sums.squares.data() + c);
}

template <typename Element>
HWY_INLINE void add_chunk(const Element* source, std::ptrdiff_t stride, int pixels, int channels,
                          Sums& sums) {
    constexpr int lanes = hn::MaxLanes(Floats());
    std::fill_n(sums.sum.begin(), channels, 0.0F);
    std::fill_n(sums.squares.begin(), channels, 0.0F);
    for (int pixel = 0; pixel < pixels; pixel += pixels_at_once) {
        const Element* from = source + pixel * stride;
        const int count = std::min(pixels_at_once, pixels - pixel);
        int c = 0;
        if (count == pixels_at_once) {
            for (; c + lanes <= channels; c += lanes)
                add_pixels(Floats(), from, stride, pixels_at_once, c, sums);
        }
        for (; c + lanes <= channels; c += lanes) add_pixels(Floats(), from, stride, count, c, sums);
        for (; c < channels; ++c) add_pixels(OneLane<float>(), from, stride, count, c, sums);
    }
    for (int c = 0; c < channels; ++c) {
        sums.total[c] += sums.sum[c];
        sums.total_squares[c] += sums.squares[c];
    }
}

/// From the last pixels, which the step before has just written, to the first, with which the second pass
/// starts: where an image is larger than the cache, both find some of it there.
template <typename Element>
HWY_INLINE void sum_up(const Element* source, int pixels, std::ptrdiff_t stride, int channels, Sums& sums) {
    for (int c = 0; c < channels; ++c) {
        sums.origin[c] = hn::GetLane(load_floats(OneLane<float>(), source + c));
        sums.total[c] = sums.total_squares[c] = 0;
    }
    for (int first = (pixels - 1) / chunk * chunk; first >= 0; first -= chunk)
        add_chunk(source + first * stride, stride, std::min(chunk, pixels - first), channels, sums);
}

/// For each channel: y = x · scale + shift, or x · σ(gate · x) · scale + shift.
struct Affine {
    explicit Affine(int channels) : scale(channels), shift(channels) {}

    std::vector<float> scale, shift;
};

/// The channels from `first_channel` on are whole groups.
void find_affine(const Sums& sums, int pixels, int first_channel, int channels, int group_size,
                 const GroupNorm& norm, Affine& affine) {
    const double count = static_cast<double>(pixels) * group_size;
    for (int first = 0; first < channels; first += group_size) {
        double sum = 0;
        for (int c = first; c < first + group_size; ++c)
            sum += sums.total[c] + static_cast<double>(pixels) * sums.origin[c];
        const double mean = sum / count;
        double squares = 0;  // Σ(x − mean)² with x = origin + (x − origin)
        for (int c = first; c < first + group_size; ++c) {
            const double away = sums.origin[c] - mean;
            squares += sums.total_squares[c] + 2 * away * sums.total[c] + pixels * away * away;
        }
        const double scale = 1 / std::sqrt(std::max(squares, 0.0) / count + norm.eps);
        for (int c = first; c < first + group_size; ++c) {
            const std::size_t channel = static_cast<std::size_t>(first_channel) + c;
            const double weighted = norm.weight[channel] * scale;
            const double subtracted = norm.gate.empty() ? mean * weighted : 0.0;
            affine.scale[c] = static_cast<float>(weighted);
            affine.shift[c] = static_cast<float>(norm.bias[channel] - subtracted);
        }
    }
}

template <bool evo, bool adds, bool relu, class D, typename Element>
HWY_INLINE hn::Vec<D> value_of(D d, const Element* source, const float* gate, const float* scale,
                               const float* shift, const Element* added) {
    auto x = load_floats(d, source);
    if constexpr (evo) x = x * sigmoid_of(d, x * hn::LoadU(d, gate));
    auto y = hn::MulAdd(x, hn::LoadU(d, scale), hn::LoadU(d, shift));
    if constexpr (adds) y = y + load_floats(d, added);
    if constexpr (relu) y = relu_of(d, y);
    return y;
}

template <bool evo, bool adds, bool relu, typename Element>
HWY_NOINLINE void apply_norm(const Element* source, int pixels, std::ptrdiff_t stride, int channels,
                             const float* gate, const Affine& affine, Element* destination) {
    const Floats d;
    const OneLane<float> one;
    constexpr int lanes = hn::MaxLanes(Floats());
    const float *scale = affine.scale.data(), *shift = affine.shift.data();
    for (int pixel = 0; pixel < pixels; ++pixel, source += stride, destination += stride) {
        const auto value = [&](auto tag, int c) HWY_ATTR {
            return value_of<evo, adds, relu>(tag, source + c, evo ? gate + c : nullptr, scale + c, shift + c,
                                             destination + c);
        };
        int c = 0;
        for (; c + 2 * lanes <= channels; c += 2 * lanes)
            store_two(d, value(d, c), value(d, c + lanes), destination + c);
        for (; c < channels; ++c) store_floats(one, value(one, c), destination + c);
    }
}

template <bool evo, typename Element>
HWY_INLINE void apply_any(const Element* source, int pixels, std::ptrdiff_t stride, int channels,
                          const float* gate, const Affine& affine, const GroupNorm& norm,
                          Element* destination) {
    const auto apply =
        norm.adds
            ? (norm.relu ? apply_norm<evo, true, true, Element> : apply_norm<evo, true, false, Element>)
            : (norm.relu ? apply_norm<evo, false, true, Element> : apply_norm<evo, false, false, Element>);
    apply(source, pixels, stride, channels, gate, affine, destination);
}

/// Whole groups and whole cache lines of each pixel: all channels, unless there are more parts than images.
int channels_at_once(int channels, int group_size, int images, int parts) {
    if (images >= parts) return channels;
    const int unit = std::lcm(group_size, 32);
    const int wanted = (channels + parts - 1) / parts;
    return std::min((wanted + unit - 1) / unit * unit, channels);
}

template <typename Element>
HWY_INLINE void normalise(const Element* source, NhwcImages images, int channels, const GroupNorm& norm,
                          Element* destination, int part, int parts) {
    const int pixels = images.height * images.width, group_size = channels / norm.groups;
    const int block = channels_at_once(channels, group_size, images.count, parts);
    const long long blocks = (channels + block - 1) / block, units = blocks * images.count;
    Sums sums(block);
    Affine affine(block);
    for (long long unit = units * part / parts; unit < units * (part + 1) / parts; ++unit) {
        const int first = static_cast<int>(unit % blocks) * block, count = std::min(block, channels - first);
        const std::ptrdiff_t at = unit / blocks * pixels * channels + first;
        sum_up(source + at, pixels, channels, count, sums);
        find_affine(sums, pixels, first, count, group_size, norm, affine);
        if (norm.gate.empty()) {
            apply_any<false>(source + at, pixels, channels, count, nullptr, affine, norm, destination + at);
        } else {
            apply_any<true>(source + at, pixels, channels, count, norm.gate.data() + first, affine, norm,
                            destination + at);
        }
    }
}

// Highway's tables hold functions that are not overloaded.
void normalise_floats(const float* source, NhwcImages images, int channels, const GroupNorm& norm,
                      float* destination, int part, int parts) {
    normalise(source, images, channels, norm, destination, part, parts);
}
void normalise_bfloats(const std::uint16_t* source, NhwcImages images, int channels, const GroupNorm& norm,
                       std::uint16_t* destination, int part, int parts) {
    normalise(source, images, channels, norm, destination, part, parts);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imnet {

HWY_EXPORT(normalise_floats);
HWY_EXPORT(normalise_bfloats);

void group_norm(const float* source, NhwcImages images, int channels, const GroupNorm& norm,
                float* destination, int part, int parts) {
    HWY_DYNAMIC_DISPATCH(normalise_floats)(source, images, channels, norm, destination, part, parts);
}
void group_norm(const std::uint16_t* source, NhwcImages images, int channels, const GroupNorm& norm,
                std::uint16_t* destination, int part, int parts) {
    HWY_DYNAMIC_DISPATCH(normalise_bfloats)(source, images, channels, norm, destination, part, parts);
}

}  // namespace imnet
#endif  // HWY_ONCE
