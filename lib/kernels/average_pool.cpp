#include "kernels/average_pool.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <vector>

#include "kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/average_pool.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {
namespace {

using Floats = hn::ScalableTag<float>;

/// Calls `pixel(window's row, window's column, source of the image, destination)` for each output pixel of
/// the part.
template <typename Element, typename Pixel>
HWY_INLINE void for_each_pixel(const Element* source, NhwcImages images, int channels,
                               const PoolWindow& window, Element* destination, int part, int parts,
                               const Pixel& pixel) {
    const long long rows = static_cast<long long>(images.count) * window.rows;
    const std::ptrdiff_t image_size = static_cast<std::ptrdiff_t>(images.height) * images.width * channels;
    for (long long row = rows * part / parts; row < rows * (part + 1) / parts; ++row) {
        const Element* image = source + row / window.rows * image_size;
        const int y = static_cast<int>(row % window.rows) * window.stride - window.padding;
        Element* out = destination + row * window.columns * channels;
        for (int x = 0; x < window.columns; ++x, out += channels)
            pixel(y, x * window.stride - window.padding, image, out);
    }
}

/// Writes `value(d, c)` of all channels.
template <typename Element, typename Value>
HWY_INLINE void write_channels(int channels, Element* out, const Value& value) {
    const Floats d;
    constexpr int lanes = hn::MaxLanes(Floats());
    int c = 0;
    for (; c + 2 * lanes <= channels; c += 2 * lanes) store_two(d, value(d, c), value(d, c + lanes), out + c);
    for (; c < channels; ++c) store_floats(OneLane<float>(), value(OneLane<float>(), c), out + c);
}

template <typename Element>
HWY_NOINLINE void average_four(const Element* const* pixels, int channels, Element* out) {
    const Element *a = pixels[0], *b = pixels[1], *c = pixels[2], *d = pixels[3];
    write_channels(channels, out, [&](auto tag, int at) HWY_ATTR {
        const auto top = load_floats(tag, a + at) + load_floats(tag, b + at);
        return (top + load_floats(tag, c + at) + load_floats(tag, d + at)) * hn::Set(tag, 0.25F);
    });
}

template <typename Element>
HWY_NOINLINE void average_some(const Element* const* pixels, int count, int channels, Element* out) {
    write_channels(channels, out, [&](auto tag, int at) HWY_ATTR {
        auto sum = load_floats(tag, pixels[0] + at);
        for (int i = 1; i < count; ++i) sum = sum + load_floats(tag, pixels[i] + at);
        return sum / hn::Set(tag, static_cast<float>(count));
    });
}

template <typename Element>
HWY_INLINE void average_any(const Element* source, NhwcImages images, int channels, const PoolWindow& window,
                            Element* destination, int part, int parts) {
    std::vector<const Element*> inside(static_cast<std::size_t>(window.kernel) * window.kernel);
    for_each_pixel(source, images, channels, window, destination, part, parts,
                   [&](int y, int x, const Element* image, Element* out) HWY_ATTR {
                       int count = 0;
                       const int last_row = std::min(y + window.kernel, images.height);
                       const int last_column = std::min(x + window.kernel, images.width);
                       for (int row = std::max(y, 0); row < last_row; ++row) {
                           for (int column = std::max(x, 0); column < last_column; ++column) {
                               const std::ptrdiff_t at =
                                   static_cast<std::ptrdiff_t>(row) * images.width + column;
                               inside[static_cast<std::size_t>(count++)] = image + at * channels;
                           }
                       }
                       if (count == 4) return average_four(inside.data(), channels, out);
                       average_some(inside.data(), count, channels, out);
                   });
}

/// 1 and −1 are the same; as are size − 2 and size.
HWY_INLINE int reflected(int at, int size) {
    const int positive = std::abs(at);
    return std::max(std::min(positive, 2 * (size - 1) - positive), 0);
}

template <typename Element>
HWY_NOINLINE void blur_pixel(const Element* const* first, int channels, Element* out) {
    const Element* const window[] = {first[0], first[1], first[2], first[3], first[4],
                                     first[5], first[6], first[7], first[8]};
    write_channels(channels, out, [&](auto tag, int at) HWY_ATTR {
        const auto load = [&](int i) HWY_ATTR { return load_floats(tag, window[i] + at); };
        const auto corners = (load(0) + load(2)) + (load(6) + load(8));
        const auto edges = (load(1) + load(3)) + (load(5) + load(7));
        const auto sum = hn::MulAdd(load(4), hn::Set(tag, 4.0F), corners);
        return hn::MulAdd(edges, hn::Set(tag, 2.0F), sum) * hn::Set(tag, 0.0625F);
    });
}

template <typename Element>
HWY_INLINE void blur_any(const Element* source, NhwcImages images, int channels, const PoolWindow& window,
                         Element* destination, int part, int parts) {
    for_each_pixel(source, images, channels, window, destination, part, parts,
                   [&](int y, int x, const Element* image, Element* out) HWY_ATTR {
                       const Element* pixels[9];
                       for (int i = 0; i < 9; ++i) {
                           const std::ptrdiff_t row = reflected(y + i / 3, images.height);
                           const int column = reflected(x + i % 3, images.width);
                           pixels[i] = image + (row * images.width + column) * channels;
                       }
                       blur_pixel(pixels, channels, out);
                   });
}

// Highway's tables hold functions that are not overloaded.
void average_floats(const float* source, NhwcImages images, int channels, const PoolWindow& window,
                    float* destination, int part, int parts) {
    average_any(source, images, channels, window, destination, part, parts);
}
void average_bfloats(const std::uint16_t* source, NhwcImages images, int channels, const PoolWindow& window,
                     std::uint16_t* destination, int part, int parts) {
    average_any(source, images, channels, window, destination, part, parts);
}
void blur_floats(const float* source, NhwcImages images, int channels, const PoolWindow& window,
                 float* destination, int part, int parts) {
    blur_any(source, images, channels, window, destination, part, parts);
}
void blur_bfloats(const std::uint16_t* source, NhwcImages images, int channels, const PoolWindow& window,
                  std::uint16_t* destination, int part, int parts) {
    blur_any(source, images, channels, window, destination, part, parts);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imnet {

HWY_EXPORT(average_floats);
HWY_EXPORT(average_bfloats);
HWY_EXPORT(blur_floats);
HWY_EXPORT(blur_bfloats);

void average_pool(const float* source, NhwcImages images, int channels, const PoolWindow& window,
                  float* destination, int part, int parts) {
    HWY_DYNAMIC_DISPATCH(average_floats)(source, images, channels, window, destination, part, parts);
}
void average_pool(const std::uint16_t* source, NhwcImages images, int channels, const PoolWindow& window,
                  std::uint16_t* destination, int part, int parts) {
    HWY_DYNAMIC_DISPATCH(average_bfloats)(source, images, channels, window, destination, part, parts);
}

void blur_pool(const float* source, NhwcImages images, int channels, const PoolWindow& window,
               float* destination, int part, int parts) {
    HWY_DYNAMIC_DISPATCH(blur_floats)(source, images, channels, window, destination, part, parts);
}
void blur_pool(const std::uint16_t* source, NhwcImages images, int channels, const PoolWindow& window,
               std::uint16_t* destination, int part, int parts) {
    HWY_DYNAMIC_DISPATCH(blur_bfloats)(source, images, channels, window, destination, part, parts);
}

}  // namespace imnet
#endif  // HWY_ONCE
