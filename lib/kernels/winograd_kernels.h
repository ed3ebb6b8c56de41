// The inner loops of winograd.h, compiled for several instruction sets.
#pragma once

#include <cstddef>

namespace imnet {

/// The loops for tiles of m × m outputs, a = m + 2: a × a inputs and as many products ("positions").
struct WinogradTileKernels {
    int outputs;  ///< m

    /// Filters out_channels × [in_channels, 3, 3] → [a², in_channels, panel] with the positions
    /// `position_stride` apart; channels from `out_channels` to the panel's end become zero.
    void (*transform_weights)(const float* filters, int in_channels, int out_channels, float* weights,
                              std::size_t position_stride);

    /// One tile, its a × a pixels given each by the address of its first channel → [a², channels].
    void (*transform_input)(const float* const* pixels, int channels, float* inputs,
                            std::size_t position_stride);

    /// One tile of `channels` channels: [a², channels] → pixels; only `rows` × `columns` of them
    /// are written. A residual is laid out as the destination, which it may be.
    void (*transform_output)(const float* products, std::size_t position_stride, int channels,
                             const float* bias, const float* residual, float* destination,
                             std::size_t row_stride, std::size_t pixel_stride, int rows, int columns,
                             bool relu);
};

/// All loops for one instruction set.
struct WinogradKernels {
    int lanes;  ///< floats a vector holds; channels must be a multiple
    int panel;  ///< output channels that are multiplied together
    WinogradTileKernels two;
    WinogradTileKernels four;

    /// inputs [tiles, channels] · weights [channels, panel] → products [tiles, panel], each sum from
    /// the first channel to the last. `next` is what will be multiplied after it.
    void (*multiply)(const float* inputs, std::size_t input_stride, int tiles, const float* weights,
                     int channels, float* products, std::size_t product_stride, const float* next);
};

/// The kernels for this processor.
const WinogradKernels& fastest_winograd_kernels();

}  // namespace imnet
