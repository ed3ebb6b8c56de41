#include "kernels/max_pool.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/max_pool.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {
namespace {

using Floats = hn::ScalableTag<float>;
using Bfloats = hn::ScalableTag<std::uint16_t>;

/// Of the channels from c on of nine pixels; NaN where one is: where a number without its sign is, as an
/// integer, above infinity.
template <class D>
HWY_INLINE hn::Vec<D> greatest(D d, const float* const* window, int c) {
    const hn::RebindToSigned<D> number;
    auto most = hn::LoadU(d, window[0] + c);
    auto most_magnitude = hn::BitCast(number, hn::Abs(most));
    HWY_UNROLL(8)
    for (int i = 1; i < 9; ++i) {
        const auto x = hn::LoadU(d, window[i] + c);
        most = hn::Max(x, most);
        most_magnitude = hn::Max(hn::BitCast(number, hn::Abs(x)), most_magnitude);
    }
    const auto is_nan = hn::RebindMask(d, hn::Gt(most_magnitude, hn::Set(number, 0x7F800000)));
    return hn::IfThenElse(is_nan, hn::Set(d, std::numeric_limits<float>::quiet_NaN()), most);
}

/// As 16-bit integers, of which a vector holds twice as many: with the lower bits of the negative ones
/// inverted they are in the order of the numbers.
template <class D>
HWY_INLINE hn::Vec<D> greatest(D d, const std::uint16_t* const* window, int c) {
    const hn::RebindToSigned<D> number;
    const auto magnitude_bits = hn::Set(number, 0x7FFF);
    auto most = hn::Set(number, -0x8000);
    auto most_magnitude = hn::Zero(number);
    HWY_UNROLL(9)
    for (int i = 0; i < 9; ++i) {
        const auto x = hn::BitCast(number, hn::LoadU(d, window[i] + c));
        const auto in_order = hn::Xor(x, hn::And(hn::ShiftRight<15>(x), magnitude_bits));
        most = hn::Max(in_order, most);
        most_magnitude = hn::Max(hn::And(x, magnitude_bits), most_magnitude);
    }
    const auto back = hn::Xor(most, hn::And(hn::ShiftRight<15>(most), magnitude_bits));
    const auto is_nan = hn::Gt(most_magnitude, hn::Set(number, 0x7F80));
    return hn::BitCast(d, hn::IfThenElse(is_nan, hn::Set(number, 0x7FC0), back));
}

template <class D>
HWY_INLINE hn::Vec<D> greatest_as_floats(D d, const float* const* window, int c) {
    return greatest(d, window, c);
}
template <class D>
HWY_INLINE hn::Vec<D> greatest_as_floats(D d, const std::uint16_t* const* window, int c) {
    const auto most = greatest(hn::Rebind<std::uint16_t, D>(), window, c);
    return from_bfloat16_bits(d, hn::PromoteTo(hn::RebindToUnsigned<D>(), most));
}

/// A product, then a sum, each rounded: the same on processors that could do both at once.
template <bool affine, bool relu, class D, typename Number>
HWY_INLINE void pool_some(D d, const Number* const* window, int c, const float* scale, const float* shift,
                          Number* out) {
    auto most = greatest_as_floats(d, window, c);
    if (affine) most = most * hn::LoadU(d, scale + c) + hn::LoadU(d, shift + c);
    if (relu) most = relu_of(d, most);
    store_floats(d, most, out + c);
}

/// One output pixel with the epilogue. `scale` and `shift` may be null.
template <bool affine, bool relu, typename Number>
HWY_NOINLINE void pool_with_epilogue(const Number* const* first, int channels, const float* scale,
                                     const float* shift, Number* out) {
    constexpr int lanes = hn::MaxLanes(Floats());
    const Number* const window[] = {first[0], first[1], first[2], first[3], first[4],
                                    first[5], first[6], first[7], first[8]};
    int c = 0;
    for (; c + lanes <= channels; c += lanes) {
        pool_some<affine, relu>(Floats(), window, c, scale, shift, out);
    }
    for (; c < channels; ++c) pool_some<affine, relu>(OneLane<float>(), window, c, scale, shift, out);
}

/// One output pixel without an epilogue.
template <class D, typename Number>
HWY_NOINLINE void pool_plain(D d, const Number* const* first, int channels, Number* out) {
    constexpr int lanes = hn::MaxLanes(D());
    const Number* const window[] = {first[0], first[1], first[2], first[3], first[4],
                                    first[5], first[6], first[7], first[8]};
    int c = 0;
    for (; c + lanes <= channels; c += lanes) hn::StoreU(greatest(d, window, c), d, out + c);
    const OneLane<Number> one;
    for (; c < channels; ++c) hn::StoreU(greatest(one, window, c), one, out + c);
}

template <class D, typename Number>
HWY_INLINE void pool_pixel(D d, const Number* const* window, int channels, const float* scale,
                           const float* shift, bool relu, Number* out) {
    if (scale != nullptr && relu) return pool_with_epilogue<true, true>(window, channels, scale, shift, out);
    if (scale != nullptr) return pool_with_epilogue<true, false>(window, channels, scale, shift, out);
    if (relu) return pool_with_epilogue<false, true>(window, channels, scale, shift, out);
    pool_plain(d, window, channels, out);
}

/// The pixels of the windows of one row. Where they lie outside of the image, they are `outside`, or if that
/// is null the nearest pixel of the image: it is in the window as well.
template <typename Number>
struct WindowRow {
    const Number* lines[3];
    int width;
    int channels;
    const Number* outside;

    void at(int x, int kernel, const Number** window) const {
        for (int i = 0; i < 3; ++i) {
            const int column = x + std::min(i, kernel - 1);
            const std::ptrdiff_t inside = std::clamp(column, 0, width - 1);
            const bool beyond = outside != nullptr && column != inside;
            for (int j = 0; j < 3; ++j) {
                window[j * 3 + i] = beyond || lines[j] == outside ? outside : lines[j] + inside * channels;
            }
        }
    }
};

template <class D, typename Number>
HWY_INLINE void pool(D d, const Number* source, NhwcImages images, int channels, const PoolWindow& shape,
                     MaxPoolPadding padding, Number* destination, const MaxPoolEpilogue& epilogue, int part,
                     int parts) {
    const long long rows = static_cast<long long>(images.count) * shape.rows;
    const float* scale = epilogue.scale.empty() ? nullptr : epilogue.scale.data();
    const std::vector<Number> zeros(padding == MaxPoolPadding::zeros ? channels : 0);
    WindowRow<Number> window_row{{}, images.width, channels, zeros.empty() ? nullptr : zeros.data()};
    for (long long row = rows * part / parts; row < rows * (part + 1) / parts; ++row) {
        const long long image = row / shape.rows;
        const int first = static_cast<int>(row % shape.rows) * shape.stride - shape.padding;
        for (int i = 0; i < 3; ++i) {
            const int line = first + std::min(i, shape.kernel - 1);
            const int y = std::clamp(line, 0, images.height - 1);
            const bool beyond = window_row.outside != nullptr && y != line;
            window_row.lines[i] =
                beyond ? window_row.outside : source + (image * images.height + y) * images.width * channels;
        }
        for (int x = 0; x < shape.columns; ++x) {
            const Number* window[9];
            window_row.at(x * shape.stride - shape.padding, shape.kernel, window);
            pool_pixel(d, window, channels, scale, epilogue.shift.data(), epilogue.relu,
                       destination + (row * shape.columns + x) * channels);
        }
    }
}

// Highway's tables hold functions that are not overloaded.
void pool_floats(const float* source, NhwcImages images, int channels, const PoolWindow& window,
                 MaxPoolPadding padding, float* destination, const MaxPoolEpilogue& epilogue, int part,
                 int parts) {
    pool(Floats(), source, images, channels, window, padding, destination, epilogue, part, parts);
}
void pool_bfloats(const std::uint16_t* source, NhwcImages images, int channels, const PoolWindow& window,
                  MaxPoolPadding padding, std::uint16_t* destination, const MaxPoolEpilogue& epilogue,
                  int part, int parts) {
    pool(Bfloats(), source, images, channels, window, padding, destination, epilogue, part, parts);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imnet {

HWY_EXPORT(pool_floats);
HWY_EXPORT(pool_bfloats);

void max_pool(std::span<const float> source, NhwcImages images, int channels, const PoolWindow& window,
              MaxPoolPadding padding, std::span<float> destination, const MaxPoolEpilogue& epilogue, int part,
              int parts) {
    HWY_DYNAMIC_DISPATCH(pool_floats)
    (source.data(), images, channels, window, padding, destination.data(), epilogue, part, parts);
}

void max_pool(std::span<const std::uint16_t> source, NhwcImages images, int channels,
              const PoolWindow& window, MaxPoolPadding padding, std::span<std::uint16_t> destination,
              const MaxPoolEpilogue& epilogue, int part, int parts) {
    HWY_DYNAMIC_DISPATCH(pool_bfloats)
    (source.data(), images, channels, window, padding, destination.data(), epilogue, part, parts);
}

}  // namespace imnet
#endif  // HWY_ONCE
