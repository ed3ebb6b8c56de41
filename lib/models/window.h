#pragma once

#include <algorithm>
#include <cstdint>

namespace imnet {

/// How many zeros stand before and behind the values of one axis.
struct AxisPadding {
    int before = 0;
    int after = 0;

    bool symmetric() const { return before == after; }
};

/// The square window that a convolution or a pool moves over its input.
struct Window {
    int kernel = 1;
    int stride = 1;
    int padding = 0;  ///< on each side of an axis; not read where `same`
    /// TensorFlow's SAME padding: as few zeros as give ⌈size / stride⌉ outputs, the odd one behind. So it
    /// depends on the size of the input.
    bool same = false;
    bool ceil_mode = false;  ///< a last window that starts within the input may reach beyond its end
    /// Of a max pool: the padding counts as zeros, as after PyTorch's `ConstantPad2d`, not as −∞.
    bool zeros = false;

    bool operator==(const Window&) const = default;

    AxisPadding padding_for(std::int64_t size) const {
        if (!same) return {padding, padding};
        const std::int64_t outputs = (size + stride - 1) / stride;
        const auto total =
            static_cast<int>(std::max<std::int64_t>((outputs - 1) * stride + kernel - size, 0));
        return {total / 2, total - total / 2};
    }

    /// The size of the output along an axis of that size.
    std::int64_t outputs_for(std::int64_t size) const {
        const AxisPadding added = padding_for(size);
        const std::int64_t beyond = size + added.before + added.after - kernel;
        if (!ceil_mode) return beyond / stride + 1;
        const std::int64_t outputs = (beyond + stride - 1) / stride + 1;
        return (outputs - 1) * stride < size + added.before ? outputs : outputs - 1;
    }
};

}  // namespace imnet
