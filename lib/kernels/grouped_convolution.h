// 3×3 convolutions in narrow groups, as ResNeXt has them, in float32. Needs no library: oneDNN has no
// fast one for groups of 4 and 8 channels on AVX2.
#pragma once

#include <span>
#include <vector>

#include "kernels/nhwc_images.h"

namespace imnet {

/// Whether a convolution can be computed here: 3×3, padding 1, stride 1 or 2, as many channels out as
/// in, in groups of 4 or of a multiple of 8.
bool grouped_fits(int in_channels, int out_channels, int kernel, int stride, int padding, int groups);

/// One convolution with its packed weights. Immutable: any number of threads may run it at once. Each sum has
/// a fixed order, which depends neither on the other images nor on how the work is divided.
class GroupedConvolution {
public:
    /// `weight` is [channels, channels / groups, 3, 3], `bias` [channels]; `grouped_fits`.
    GroupedConvolution(int channels, int groups, int stride, std::span<const float> weight,
                       std::span<const float> bias);

    /// source [count, height, width, channels] → destination [count, ⌈height / stride⌉, ⌈width / stride⌉,
    /// channels], cut off below zero where `relu`. Writes part `part` of `parts`, 0 ≤ part < parts; parts
    /// may run at once.
    void run(std::span<const float> source, NhwcImages images, std::span<float> destination, bool relu,
             int part = 0, int parts = 1) const;

private:
    int channels_;
    int group_width_;
    int stride_;
    std::vector<float> weight_;  ///< [channels / 8, 3, 3, group width, 8]
    std::vector<float> bias_;
    std::vector<float> zeros_;  ///< a pixel outside of an image
};

}  // namespace imnet
