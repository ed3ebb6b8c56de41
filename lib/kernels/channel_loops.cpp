#include "kernels/channel_loops.h"

#include <algorithm>

#include "kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/channel_loops.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {
namespace {

using Floats = hn::ScalableTag<float>;

/// Adds a channel's values one after another: as many chains run side by side as there are channels.
template <class D, typename Element>
HWY_INLINE void add_pixels(D d, const Element* source, std::ptrdiff_t stride, int pixels, float* sums) {
    auto sum = hn::LoadU(d, sums);
    for (int pixel = 0; pixel < pixels; ++pixel) sum = sum + load_floats(d, source + pixel * stride);
    hn::StoreU(sum, d, sums);
}

/// A few pixels at a time, as they lie in memory: a channel's sum waits in the cache.
template <typename Element>
HWY_INLINE void average(const Element* source, NhwcImages images, int channels, float* destination) {
    constexpr int lanes = hn::MaxLanes(Floats()), at_once = 8;
    const int pixels = images.height * images.width;
    for (int image = 0; image < images.count; ++image, destination += channels) {
        std::fill_n(destination, channels, 0.0F);
        for (int pixel = 0; pixel < pixels; pixel += at_once) {
            const int count = std::min(at_once, pixels - pixel);
            int c = 0;
            if (count == at_once) {
                for (; c + lanes <= channels; c += lanes)
                    add_pixels(Floats(), source + c, channels, at_once, destination + c);
            }
            for (; c + lanes <= channels; c += lanes)
                add_pixels(Floats(), source + c, channels, count, destination + c);
            for (; c < channels; ++c)
                add_pixels(OneLane<float>(), source + c, channels, count, destination + c);
            source += static_cast<std::ptrdiff_t>(count) * channels;
        }
        for (int c = 0; c < channels; ++c) destination[c] /= static_cast<float>(pixels);
    }
}

template <bool relu, class D, typename Element>
HWY_INLINE hn::Vec<D> affine_of(D d, const Element* source, const float* scale, const float* shift) {
    const auto value = hn::MulAdd(load_floats(d, source), hn::LoadU(d, scale), hn::LoadU(d, shift));
    return relu ? relu_of(d, value) : value;
}

template <bool relu, typename Element>
HWY_INLINE void affine_pixels(const Element* source, std::size_t pixels, int channels, const float* scale,
                              const float* shift, Element* destination) {
    const Floats d;
    const OneLane<float> one;
    constexpr int lanes = hn::MaxLanes(Floats());
    for (std::size_t pixel = 0; pixel < pixels; ++pixel, source += channels, destination += channels) {
        int c = 0;
        for (; c + 2 * lanes <= channels; c += 2 * lanes) {
            const auto first = affine_of<relu>(d, source + c, scale + c, shift + c);
            const int next = c + lanes;
            const auto second = affine_of<relu>(d, source + next, scale + next, shift + next);
            store_two(d, first, second, destination + c);
        }
        for (; c < channels; ++c) {
            const auto value = affine_of<relu>(one, source + c, scale + c, shift + c);
            store_floats(one, value, destination + c);
        }
    }
}

template <typename Element>
HWY_INLINE void affine_any(const Element* source, NhwcImages images, int channels, const float* scale,
                           const float* shift, bool relu, Element* destination) {
    const std::size_t pixels = static_cast<std::size_t>(images.count) * images.height * images.width;
    if (relu) {
        affine_pixels<true>(source, pixels, channels, scale, shift, destination);
    } else {
        affine_pixels<false>(source, pixels, channels, scale, shift, destination);
    }
}

template <class D>
HWY_INLINE void round_some(D d, float* values) {
    const auto bits = rounded_to_bfloat16(d, hn::LoadU(d, values));
    hn::StoreU(hn::BitCast(d, hn::And(bits, hn::Set(hn::RebindToUnsigned<D>(), 0xFFFF0000))), d, values);
}

// Highway's tables hold functions that are not overloaded.
void average_floats(const float* source, NhwcImages images, int channels, float* destination) {
    average(source, images, channels, destination);
}
void average_bfloats(const std::uint16_t* source, NhwcImages images, int channels, float* destination) {
    average(source, images, channels, destination);
}
void affine_floats(const float* source, NhwcImages images, int channels, const float* scale,
                   const float* shift, bool relu, float* destination) {
    affine_any(source, images, channels, scale, shift, relu, destination);
}
void affine_bfloats(const std::uint16_t* source, NhwcImages images, int channels, const float* scale,
                    const float* shift, bool relu, std::uint16_t* destination) {
    affine_any(source, images, channels, scale, shift, relu, destination);
}
void round_floats(float* values, std::size_t count) {
    constexpr std::size_t lanes = hn::MaxLanes(Floats());
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) round_some(Floats(), values + i);
    for (; i < count; ++i) round_some(OneLane<float>(), values + i);
}
void widen_bfloats(const std::uint16_t* source, std::size_t count, float* destination) {
    constexpr std::size_t lanes = hn::MaxLanes(Floats());
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        hn::StoreU(load_floats(Floats(), source + i), Floats(), destination + i);
    }
    for (; i < count; ++i) {
        hn::StoreU(load_floats(OneLane<float>(), source + i), OneLane<float>(), destination + i);
    }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imnet {

HWY_EXPORT(average_floats);
HWY_EXPORT(average_bfloats);
HWY_EXPORT(affine_floats);
HWY_EXPORT(affine_bfloats);
HWY_EXPORT(round_floats);
HWY_EXPORT(widen_bfloats);

void global_average_pool(const float* source, NhwcImages images, int channels, float* destination) {
    HWY_DYNAMIC_DISPATCH(average_floats)(source, images, channels, destination);
}
void global_average_pool(const std::uint16_t* source, NhwcImages images, int channels, float* destination) {
    HWY_DYNAMIC_DISPATCH(average_bfloats)(source, images, channels, destination);
}

void affine(const float* source, NhwcImages images, int channels, const float* scale, const float* shift,
            bool relu, float* destination) {
    HWY_DYNAMIC_DISPATCH(affine_floats)(source, images, channels, scale, shift, relu, destination);
}
void affine(const std::uint16_t* source, NhwcImages images, int channels, const float* scale,
            const float* shift, bool relu, std::uint16_t* destination) {
    HWY_DYNAMIC_DISPATCH(affine_bfloats)(source, images, channels, scale, shift, relu, destination);
}

void round_to_bfloat16(float* values, std::size_t count) {
    HWY_DYNAMIC_DISPATCH(round_floats)(values, count);
}

void widen_bfloat16(const std::uint16_t* source, std::size_t count, float* destination) {
    HWY_DYNAMIC_DISPATCH(widen_bfloats)(source, count, destination);
}

}  // namespace imnet
#endif  // HWY_ONCE
