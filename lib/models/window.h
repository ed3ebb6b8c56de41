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

    AxisPadding padding_for(std::int64_t size) const {
        if (!same) return {padding, padding};
        const std::int64_t outputs = (size + stride - 1) / stride;
        const auto total =
            static_cast<int>(std::max<std::int64_t>((outputs - 1) * stride + kernel - size, 0));
        return {total / 2, total - total / 2};
    }

    /// The size of the output along an axis of that size.
    std::int64_t outputs_for(std::int64_t size) const {
        const AxisPadding zeros = padding_for(size);
        return (size + zeros.before + zeros.after - kernel) / stride + 1;
    }
};

}  // namespace imnet
