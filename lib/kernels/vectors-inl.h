// What several kernels do with vectors of numbers. Compiled once for each instruction set, so the usual
// include guard does not do.
#if defined(IMNET_KERNELS_VECTORS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IMNET_KERNELS_VECTORS_INL_H_
#undef IMNET_KERNELS_VECTORS_INL_H_
#else
#define IMNET_KERNELS_VECTORS_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// One number: for the channels that fill no vector, with the arithmetic of the vectors.
template <typename T>
using OneLane = hn::CappedTag<T, 1>;

/// Rounds as `to_bfloat16` of base/bfloat16.h does, which explains it. The upper half of each lane is the
/// bfloat16; the lower half means nothing.
template <class D>
HWY_INLINE hn::Vec<hn::RebindToUnsigned<D>> rounded_to_bfloat16(D, hn::Vec<D> value) {
    const hn::RebindToUnsigned<D> bits_tag;
    const auto bits = hn::BitCast(bits_tag, value);
    const auto last = hn::And(hn::ShiftRight<16>(bits), hn::Set(bits_tag, 1));
    const auto rounded = bits + hn::Set(bits_tag, 0x7FFF) + last;
    // Eq is false for NaN. Highway's IsNaN is slower with AVX-512, and its Ne is false for NaN as well.
    const auto is_number = hn::RebindMask(bits_tag, hn::Eq(value, value));
    return hn::IfThenElse(is_number, rounded, hn::Set(bits_tag, 0x7FC00000));
}

template <class D>
HWY_INLINE hn::Vec<D> from_bfloat16_bits(D d, hn::Vec<hn::RebindToUnsigned<D>> bits) {
    return hn::BitCast(d, hn::ShiftLeft<16>(bits));
}

/// Lanes(d) numbers as float32: of float32, or of the bits of bfloat16.
template <class D>
HWY_INLINE hn::Vec<D> load_floats(D d, const float* from) {
    return hn::LoadU(d, from);
}
template <class D>
HWY_INLINE hn::Vec<D> load_floats(D d, const std::uint16_t* from) {
    const hn::Rebind<std::uint16_t, D> narrow;
    return from_bfloat16_bits(d, hn::PromoteTo(hn::RebindToUnsigned<D>(), hn::LoadU(narrow, from)));
}

/// Stores them as float32, or rounded to bfloat16.
template <class D>
HWY_INLINE void store_floats(D d, hn::Vec<D> value, float* to) {
    hn::StoreU(value, d, to);
}
template <class D>
HWY_INLINE void store_floats(D d, hn::Vec<D> value, std::uint16_t* to) {
    const hn::Rebind<std::uint16_t, D> narrow;
    const auto bits = hn::BitCast(hn::RebindToSigned<D>(), hn::ShiftRight<16>(rounded_to_bfloat16(d, value)));
    hn::StoreU(hn::DemoteTo(narrow, bits), narrow, to);
}

/// Stores two vectors one after the other, for the two halves of a vector of bfloat16.
template <class D>
HWY_INLINE void store_two(D d, hn::Vec<D> first, hn::Vec<D> second, float* to) {
    hn::StoreU(first, d, to);
    hn::StoreU(second, d, to + hn::MaxLanes(d));
}
template <class D>
HWY_INLINE void store_two(D d, hn::Vec<D> first, hn::Vec<D> second, std::uint16_t* to) {
#if HWY_TARGET == HWY_SCALAR
    store_floats(d, first, to);
    store_floats(d, second, to + 1);
#else
    const hn::Repartition<std::uint16_t, D> narrow;
    const auto low = hn::BitCast(narrow, rounded_to_bfloat16(d, first));
    const auto high = hn::BitCast(narrow, rounded_to_bfloat16(d, second));
    hn::StoreU(hn::ConcatOdd(narrow, high, low), narrow, to);
#endif
}

/// max(value, 0), where NaN stays NaN.
template <class D>
HWY_INLINE hn::Vec<D> relu_of(D d, hn::Vec<D> value) {
    return hn::IfThenZeroElse(hn::Lt(value, hn::Zero(d)), value);
}

}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#endif  // include guard that changes with each instruction set
