#include "kernels/channel_loops.h"

#include <algorithm>
#include <type_traits>

#include "base/bfloat16.h"
#include "base/cpu_clones.h"

// Each public function is cloned for several processors and inlines the loops, so that these are
// vectorised for each. All inner loops run over channels, which lie side by side.
#define IMNET_INLINE inline __attribute__((always_inline))

namespace imnet {
namespace {

template <typename Element>
IMNET_INLINE Element stored(float value) {
    if constexpr (std::is_same_v<Element, float>) {
        return value;
    } else {
        return to_bfloat16(value);
    }
}

template <typename Element>
IMNET_INLINE void average_loops(const Element* source, NhwcImages images, int channels, float* destination) {
    const int pixels = images.height * images.width;
    for (int image = 0; image < images.count; ++image, destination += channels) {
        std::fill_n(destination, channels, 0.0F);
        for (int pixel = 0; pixel < pixels; ++pixel, source += channels) {
            for (int c = 0; c < channels; ++c) destination[c] += to_float32(source[c]);
        }
        for (int c = 0; c < channels; ++c) destination[c] /= static_cast<float>(pixels);
    }
}

template <typename Element>
IMNET_INLINE void affine_loops(const Element* source, NhwcImages images, int channels, const float* scale,
                               const float* shift, bool relu, Element* destination) {
    const float least = relu ? 0.0F : -__builtin_inff();
    const std::size_t pixels = static_cast<std::size_t>(images.count) * images.height * images.width;
    for (std::size_t pixel = 0; pixel < pixels; ++pixel, source += channels, destination += channels) {
        for (int c = 0; c < channels; ++c) {
            const float value = to_float32(source[c]) * scale[c] + shift[c];
            destination[c] = stored<Element>(value < least ? least : value);
        }
    }
}

}  // namespace

IMNET_CPU_CLONES void global_average_pool(const float* source, NhwcImages images, int channels,
                                          float* destination) {
    average_loops(source, images, channels, destination);
}
IMNET_CPU_CLONES void global_average_pool(const std::uint16_t* source, NhwcImages images, int channels,
                                          float* destination) {
    average_loops(source, images, channels, destination);
}

IMNET_CPU_CLONES void affine(const float* source, NhwcImages images, int channels, const float* scale,
                             const float* shift, bool relu, float* destination) {
    affine_loops(source, images, channels, scale, shift, relu, destination);
}
IMNET_CPU_CLONES void affine(const std::uint16_t* source, NhwcImages images, int channels, const float* scale,
                             const float* shift, bool relu, std::uint16_t* destination) {
    affine_loops(source, images, channels, scale, shift, relu, destination);
}

IMNET_CPU_CLONES void round_to_bfloat16(float* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) values[i] = to_float32(to_bfloat16(values[i]));
}

IMNET_CPU_CLONES void widen_bfloat16(const std::uint16_t* source, std::size_t count, float* destination) {
    for (std::size_t i = 0; i < count; ++i) destination[i] = to_float32(source[i]);
}

}  // namespace imnet
