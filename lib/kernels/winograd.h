// 3×3 convolutions by Winograd's method (Lavin and Gray, arXiv:1509.09308) in float32. An output tile
// of m × m pixels needs (m + 2)² products a pair of channels instead of 9m²: 2.25 times fewer at m = 2,
// 4 times fewer at m = 4. Needs no library.
//
// A block of tiles is transformed, [position, tile, in_channels]; for each of the (m + 2)² positions
// it is multiplied by that position's weights, [position, tile, out_channels]; and transformed back.
#pragma once

#include <cstddef>
#include <span>

#include "base/aligned_memory.h"
#include "kernels/nhwc_images.h"
#include "kernels/winograd_kernels.h"

namespace imnet {

/// What is done to a sum after its bias is added.
struct WinogradEpilogue {
    const float* residual = nullptr;  ///< laid out as the destination, which it may be; added first
    bool relu = false;
};

/// Whether a convolution can be computed here: 3×3, stride 1, padding 1, one group, and channels in
/// multiples of 32.
bool winograd_fits(int in_channels, int out_channels, int kernel, int stride, int padding, int groups);

/// One convolution with its packed weights. Immutable: any number of threads may run it at once. What
/// comes out for an image depends, to the last bit, on that image alone: not on the others of its
/// batch, nor on how the work is divided.
class WinogradConvolution {
public:
    /// `weight` is [out_channels, in_channels, 3, 3], `bias` [out_channels]; `winograd_fits`. `outputs`
    /// is the tile's side, 2 or 4. 4 is the faster and 2 the more exact (deviation of the error 1.6e-6 and
    /// 6e-7 of the outputs' at 512 channels; a direct sum's is 6e-7); but with fewer than 8 tiles a run, as
    /// in one image of 7 × 7, 2 is the faster, for its weights, of which each is read once, are fewer.
    WinogradConvolution(int in_channels, int out_channels, int outputs, std::span<const float> weight,
                        std::span<const float> bias,
                        const WinogradKernels& kernels = fastest_winograd_kernels());

    /// How many floats of scratch each part of a run needs, with any number of parts.
    std::size_t scratch_floats(NhwcImages images) const;

    /// source [count, height, width, in_channels] → destination [count, height, width, out_channels],
    /// which do not overlap. The contents of `scratch` do not matter.
    void run(std::span<const float> source, NhwcImages images, std::span<float> destination,
             WinogradEpilogue epilogue, std::span<float> scratch) const {
        run_part(source, images, destination, epilogue, scratch, 0, 1);
    }

    /// A part of `run`, 0 ≤ part < parts. Parts may run at once, in any order, each with a scratch of
    /// its own; together they write all of the destination.
    void run_part(std::span<const float> source, NhwcImages images, std::span<float> destination,
                  WinogradEpilogue epilogue, std::span<float> scratch, int part, int parts) const;

    /// Bytes of packed weights.
    std::size_t size() const;

private:
    struct Range;
    struct Job;

    const WinogradTileKernels& tile() const;
    std::size_t positions() const;
    std::size_t panels() const;
    float* weights() const;
    std::size_t weights_at(std::size_t position, std::size_t panel) const;
    void run_block(const Job& job, int first_tile, int tiles, Range panels) const;
    void transform_input(const Job& job, int first_tile, int tiles, float* inputs) const;
    void transform_output(const Job& job, int first_tile, int tiles, Range group,
                          const float* products) const;

    int in_channels_;
    int out_channels_;
    int outputs_;
    const WinogradKernels* kernels_;
    std::size_t group_;     // panels that are multiplied before the results are transformed
    AlignedMemory memory_;  // weights [group, position, panel, in_channels, lane], bias, zeros
    float* bias_;
    float* zeros_;  // [in_channels], the pixels outside of an image
};

}  // namespace imnet
