#include "kernels/channel_gate.h"

#include <algorithm>
#include <vector>

#include "kernels/linear.h"
#include "kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/channel_gate.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/sigmoid-inl.h"
#include "kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {
namespace {

using Floats = hn::ScalableTag<float>;

template <bool adds, bool relu, typename Element>
HWY_NOINLINE void gate_pixel(const Element* source, int channels, const float* gates, Element* out) {
    const auto value = [&](auto d, int c) HWY_ATTR {
        auto y = load_floats(d, source + c) * hn::LoadU(d, gates + c);
        if constexpr (adds) y = y + load_floats(d, out + c);
        if constexpr (relu) y = relu_of(d, y);
        return y;
    };
    constexpr int lanes = hn::MaxLanes(Floats());
    int c = 0;
    for (; c + 2 * lanes <= channels; c += 2 * lanes)
        store_two(Floats(), value(Floats(), c), value(Floats(), c + lanes), out + c);
    for (; c < channels; ++c) store_floats(OneLane<float>(), value(OneLane<float>(), c), out + c);
}

template <typename Element>
HWY_INLINE void gate_any(const Element* source, NhwcImages images, int channels, const float* gates,
                         GateEpilogue epilogue, Element* destination, int part, int parts) {
    const auto gate =
        epilogue.adds
            ? (epilogue.relu ? gate_pixel<true, true, Element> : gate_pixel<true, false, Element>)
            : (epilogue.relu ? gate_pixel<false, true, Element> : gate_pixel<false, false, Element>);
    const long long pixels = static_cast<long long>(images.height) * images.width;
    const long long all = pixels * images.count;
    // From the last pixel to the first: their average was computed just before, in the other direction, so
    // that the last are in the cache.
    for (long long pixel = all * (part + 1) / parts - 1; pixel >= all * part / parts; --pixel) {
        gate(source + pixel * channels, channels, gates + pixel / pixels * channels,
             destination + pixel * channels);
    }
}

void sigmoid_floats(float* values, std::size_t count) {
    constexpr std::size_t lanes = hn::MaxLanes(Floats());
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(sigmoid_of(Floats(), hn::LoadU(Floats(), values + i)), Floats(), values + i);
    const OneLane<float> one;
    for (; i < count; ++i) hn::StoreU(sigmoid_of(one, hn::LoadU(one, values + i)), one, values + i);
}

// Highway's tables hold functions that are not overloaded.
void gate_floats(const float* source, NhwcImages images, int channels, const float* gates,
                 GateEpilogue epilogue, float* destination, int part, int parts) {
    gate_any(source, images, channels, gates, epilogue, destination, part, parts);
}
void gate_bfloats(const std::uint16_t* source, NhwcImages images, int channels, const float* gates,
                  GateEpilogue epilogue, std::uint16_t* destination, int part, int parts) {
    gate_any(source, images, channels, gates, epilogue, destination, part, parts);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imnet {

HWY_EXPORT(gate_floats);
HWY_EXPORT(gate_bfloats);
HWY_EXPORT(sigmoid_floats);

void squeeze_excitation_gates(const float* averages, int images, const SqueezeExcitation& layers,
                              float* gates) {
    const auto reduced = static_cast<int>(layers.reduce_bias.size());
    const auto channels = static_cast<int>(layers.bias.size());
    std::vector<float> between(static_cast<std::size_t>(images) * reduced);
    linear(averages, images, channels, layers.reduce_weight.data(), layers.reduce_bias.data(), reduced,
           between.data());
    for (float& value : between) value = value < 0 ? 0 : value;
    linear(between.data(), images, reduced, layers.weight.data(), layers.bias.data(), channels, gates);
    HWY_DYNAMIC_DISPATCH(sigmoid_floats)(gates, static_cast<std::size_t>(images) * channels);
}

void channel_attention_gates(const float* averages, int images, int channels, std::span<const float> weight,
                             float* gates) {
    const auto kernel = static_cast<int>(weight.size());
    const float* average = averages;
    float* gate = gates;
    for (int image = 0; image < images; ++image, average += channels, gate += channels) {
        for (int c = 0; c < channels; ++c) {
            const int first = c - kernel / 2;
            float sum = 0;
            for (int at = std::max(first, 0); at < std::min(first + kernel, channels); ++at)
                sum += average[at] * weight[static_cast<std::size_t>(at - first)];
            gate[c] = sum;
        }
    }
    HWY_DYNAMIC_DISPATCH(sigmoid_floats)(gates, static_cast<std::size_t>(images) * channels);
}

void apply_gates(const float* source, NhwcImages images, int channels, const float* gates,
                 GateEpilogue epilogue, float* destination, int part, int parts) {
    HWY_DYNAMIC_DISPATCH(gate_floats)(source, images, channels, gates, epilogue, destination, part, parts);
}
void apply_gates(const std::uint16_t* source, NhwcImages images, int channels, const float* gates,
                 GateEpilogue epilogue, std::uint16_t* destination, int part, int parts) {
    HWY_DYNAMIC_DISPATCH(gate_bfloats)(source, images, channels, gates, epilogue, destination, part, parts);
}

}  // namespace imnet
#endif  // HWY_ONCE
