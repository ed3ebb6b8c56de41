// The logistic function of vectors. Compiled once for each instruction set, as vectors-inl.h.
#if defined(IMNET_KERNELS_SIGMOID_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef IMNET_KERNELS_SIGMOID_INL_H_
#undef IMNET_KERNELS_SIGMOID_INL_H_
#else
#define IMNET_KERNELS_SIGMOID_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {

/// 1 / (1 + e^−x), where NaN stays NaN.
template <class D>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<D> sigmoid_of(D d, hwy::HWY_NAMESPACE::Vec<D> x) {
    namespace hn = hwy::HWY_NAMESPACE;
    // Highway's Exp is for numbers up to 104, and makes 0 of NaN.
    const auto negative = hn::Min(hn::Neg(x), hn::Set(d, 88.0F));
    const auto one = hn::Set(d, 1.0F);
    const auto result = hn::Div(one, hn::Add(one, hn::Exp(d, negative)));
    return hn::IfThenElse(hn::Eq(x, x), result, x);
}

}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#endif  // include guard that changes with each instruction set
