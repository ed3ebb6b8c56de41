#include "kernels/winograd.h"

#include <algorithm>
#include <array>
#include <memory>

namespace imnet {
namespace {

constexpr std::size_t line_floats = 16;  // a cache line of 64 bytes
// Measured: from 18 to 100 tiles and from 32 channels to all it makes a few per cent. Enough tiles that
// weights read from memory are used often; few enough channels that their products stay in the cache.
constexpr int most_tiles = 36;
constexpr int group_channels = 64;

/// Rows of `floats` floats that are an odd number of cache lines apart do not fall on each other in a cache.
std::size_t odd_lines(std::size_t floats) {
    return ((floats + line_floats - 1) / line_floats | 1) * line_floats;
}

int tiles_along(int size, int outputs) { return (size + outputs - 1) / outputs; }

/// The part of 0 … size that belongs to part `part` of `parts`.
std::array<int, 2> share(int size, int part, int parts) {
    const auto end = [&](int of) { return static_cast<int>(static_cast<long long>(size) * of / parts); };
    return {end(part), end(part + 1)};
}

}  // namespace

bool winograd_fits(int in_channels, int out_channels, int kernel, int stride, int padding, int groups) {
    return kernel == 3 && stride == 1 && padding == 1 && groups == 1 && in_channels > 0 &&
           in_channels % 32 == 0 && out_channels > 0 && out_channels % 32 == 0;
}

struct WinogradConvolution::Range {
    std::size_t begin;
    std::size_t end;

    std::size_t size() const { return end - begin; }
};

/// One call's arguments and what follows from them.
struct WinogradConvolution::Job {
    const float* source;
    NhwcImages images;
    float* destination;
    WinogradEpilogue epilogue;
    float* scratch;
    int across;                     // tiles in a row of an image
    int down;                       // rows of tiles in an image
    std::size_t input_stride;       // between tiles of transformed input
    std::size_t input_positions;    // between its positions
    std::size_t product_stride;     // between tiles of products
    std::size_t product_positions;  // between their positions
};

float* WinogradConvolution::weights() const { return reinterpret_cast<float*>(memory_.data()); }

const WinogradTileKernels& WinogradConvolution::tile() const {
    return outputs_ == 2 ? kernels_->two : kernels_->four;
}

std::size_t WinogradConvolution::positions() const {
    return static_cast<std::size_t>(outputs_ + 2) * (outputs_ + 2);
}

std::size_t WinogradConvolution::panels() const {
    return static_cast<std::size_t>((out_channels_ + kernels_->panel - 1) / kernels_->panel);
}

std::size_t WinogradConvolution::weights_at(std::size_t position, std::size_t panel) const {
    const std::size_t first = panel / group_ * group_;
    const std::size_t of_group = std::min(group_, panels() - first);
    return (first * positions() + position * of_group + panel - first) * in_channels_ * kernels_->panel;
}

std::size_t WinogradConvolution::size() const {
    return panels() * positions() * in_channels_ * kernels_->panel * sizeof(float);
}

WinogradConvolution::WinogradConvolution(int in_channels, int out_channels, int outputs,
                                         std::span<const float> weight, std::span<const float> bias,
                                         const WinogradKernels& kernels)
    : in_channels_(in_channels), out_channels_(out_channels), outputs_(outputs), kernels_(&kernels) {
    group_ = std::min<std::size_t>(panels(), group_channels / kernels.panel);
    const std::size_t padded = panels() * kernels.panel;
    const std::size_t bytes = size() + (padded + in_channels) * sizeof(float);
    // The weights are read once a block of tiles; with pages of 4 KiB that is a page walk each KiB or so.
    memory_ = AlignedMemory(bytes);
    bias_ = weights() + size() / sizeof(float);
    zeros_ = bias_ + padded;
    std::fill(std::copy(bias.begin(), bias.end(), bias_), zeros_ + in_channels, 0.0F);

    for (int panel = 0; panel < static_cast<int>(panels()); ++panel) {
        const int channel = panel * kernels.panel;
        tile().transform_weights(weight.data() + static_cast<std::size_t>(channel) * in_channels * 9,
                                 in_channels, std::min(kernels.panel, out_channels - channel),
                                 weights() + weights_at(0, panel),
                                 weights_at(1, panel) - weights_at(0, panel));
    }
}

std::size_t WinogradConvolution::scratch_floats(NhwcImages images) const {
    const int tiles =
        images.count * tiles_along(images.height, outputs_) * tiles_along(images.width, outputs_);
    const std::size_t block = std::min(tiles, most_tiles);
    return positions() * (odd_lines(block * odd_lines(in_channels_)) +
                          odd_lines(block * odd_lines(group_ * kernels_->panel))) +
           line_floats;
}

void WinogradConvolution::run_part(std::span<const float> source, NhwcImages images,
                                   std::span<float> destination, WinogradEpilogue epilogue,
                                   std::span<float> scratch, int part, int parts) const {
    Job job{source.data(),
            images,
            destination.data(),
            epilogue,
            scratch.data(),
            tiles_along(images.width, outputs_),
            tiles_along(images.height, outputs_),
            0,
            0,
            0,
            0};
    const int all = images.count * job.down * job.across;
    const int most = std::min(all, most_tiles);
    void* aligned = scratch.data();
    std::size_t space = scratch.size_bytes();
    job.scratch = static_cast<float*>(std::align(line_floats * sizeof(float), 0, aligned, space));
    job.input_stride = odd_lines(in_channels_);
    job.input_positions = odd_lines(most * job.input_stride);
    job.product_stride = odd_lines(group_ * kernels_->panel);
    job.product_positions = odd_lines(most * job.product_stride);

    // Few tiles: each part reads its share of the weights. Many: its share of the tiles.
    const bool by_panel = all < parts * most;
    const auto [first_tile, last_tile] = by_panel ? std::array{0, all} : share(all, part, parts);
    const auto [first_panel, last_panel] =
        by_panel ? share(static_cast<int>(panels()), part, parts) : std::array{0, static_cast<int>(panels())};
    if (first_panel == last_panel) return;
    const int blocks = (last_tile - first_tile + most - 1) / most;
    for (int block = 0; block < blocks; ++block) {
        const auto [first, last] = share(last_tile - first_tile, block, blocks);
        run_block(job, first_tile + first, last - first,
                  {static_cast<std::size_t>(first_panel), static_cast<std::size_t>(last_panel)});
    }
}

void WinogradConvolution::run_block(const Job& job, int first_tile, int tiles, Range wanted) const {
    float* const inputs = job.scratch;
    float* const products = inputs + positions() * job.input_positions;
    transform_input(job, first_tile, tiles, inputs);
    for (std::size_t first = wanted.begin; first < wanted.end;) {
        const Range group{first, std::min((first / group_ + 1) * group_, wanted.end)};
        for (std::size_t position = 0; position < positions(); ++position) {
            for (std::size_t panel = group.begin; panel < group.end; ++panel) {
                const float* packed = weights() + weights_at(position, panel);
                kernels_->multiply(
                    inputs + position * job.input_positions, job.input_stride, tiles, packed, in_channels_,
                    products + position * job.product_positions + (panel - group.begin) * kernels_->panel,
                    job.product_stride, packed + in_channels_ * kernels_->panel);
            }
        }
        transform_output(job, first_tile, tiles, group, products);
        first = group.end;
    }
}

void WinogradConvolution::transform_input(const Job& job, int first_tile, int tiles, float* inputs) const {
    const int side = outputs_ + 2;
    const auto [count, height, width] = job.images;
    std::array<const float*, 36> pixels;
    for (int i = 0; i < tiles; ++i) {
        const int tile_index = first_tile + i;
        const int image = tile_index / (job.down * job.across);
        const int top = tile_index / job.across % job.down * outputs_ - 1;
        const int left = tile_index % job.across * outputs_ - 1;
        const float* of_image = job.source + static_cast<std::size_t>(image) * height * width * in_channels_;
        for (int position = 0; position < side * side; ++position) {
            const int y = top + position / side;
            const int x = left + position % side;
            const bool inside = y >= 0 && y < height && x >= 0 && x < width;
            pixels[position] =
                inside ? of_image + (static_cast<std::size_t>(y) * width + x) * in_channels_ : zeros_;
        }
        tile().transform_input(pixels.data(), in_channels_, inputs + i * job.input_stride,
                               job.input_positions);
    }
}

void WinogradConvolution::transform_output(const Job& job, int first_tile, int tiles, Range group,
                                           const float* products) const {
    const auto [count, height, width] = job.images;
    const std::size_t channel = group.begin * kernels_->panel;
    const int channels =
        std::min(static_cast<int>(group.end * kernels_->panel), out_channels_) - static_cast<int>(channel);
    for (int i = 0; i < tiles; ++i) {
        const int tile_index = first_tile + i;
        const int image = tile_index / (job.down * job.across);
        const int top = tile_index / job.across % job.down * outputs_;
        const int left = tile_index % job.across * outputs_;
        const std::size_t at =
            ((static_cast<std::size_t>(image) * height + top) * width + left) * out_channels_ + channel;
        tile().transform_output(
            products + i * job.product_stride, job.product_positions, channels, bias_ + channel,
            job.epilogue.residual == nullptr ? nullptr : job.epilogue.residual + at, job.destination + at,
            static_cast<std::size_t>(width) * out_channels_, out_channels_, std::min(outputs_, height - top),
            std::min(outputs_, width - left), job.epilogue.relu);
    }
}

}  // namespace imnet
