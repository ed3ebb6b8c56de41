#include "preprocess/preprocess.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>

#include "base/bfloat16.h"
#include "codecs/jpeg.h"
#include "codecs/orientation.h"
#include "preprocess/resample.h"

namespace imnet {
namespace {

/// One axis of `center_crop`, torchvision's or transformers': the part of the resized picture that is taken,
/// and the number of zeros before it if the picture is smaller than the crop.
struct AxisCrop {
    std::int64_t start = 0;
    int length = 0;
    int padding = 0;
};

AxisCrop center_crop(std::int64_t size, const Preprocessing& preprocessing) {
    const int crop = preprocessing.image_size;
    const bool down = preprocessing.crop_start == CropStart::rounded_down;
    if (size < crop) return {0, static_cast<int>(size), static_cast<int>((crop - size + (down ? 1 : 0)) / 2)};
    // As Python's int(round(spare / 2.0)), which rounds half to even, or as spare // 2.
    const std::int64_t spare = size - crop;
    const std::int64_t start = spare / 2 + (!down && spare % 4 == 3 ? 1 : 0);
    return {start, crop, 0};
}

/// The long side as torchvision computes it: divided in double, then truncated.
std::int64_t long_side(int resize, int long_edge, int short_edge) {
    return static_cast<std::int64_t>(static_cast<double>(static_cast<std::int64_t>(resize) * long_edge) /
                                     static_cast<double>(short_edge));
}

/// The short side as timm computes it, with Python's `round`. It is at least 1, where timm fails.
std::int64_t rounded_side(int resize, int long_edge, int short_edge) {
    const double ratio = static_cast<double>(long_edge) / static_cast<double>(resize);
    return std::max<std::int64_t>(1, std::llrint(static_cast<double>(short_edge) / ratio));
}

/// The size of the upright picture after torchvision resized its short side, timm its long side, or both were
/// squashed.
struct Resized {
    std::int64_t width;
    std::int64_t height;
};
Resized resized_size(const Preprocessing& preprocessing, const Turn& turn, int stored_width,
                     int stored_height) {
    if (preprocessing.crop_mode == CropMode::squash)
        return {preprocessing.short_side, preprocessing.short_side};
    const int width = turn.swap_axes ? stored_height : stored_width;
    const int height = turn.swap_axes ? stored_width : stored_height;
    if (preprocessing.crop_mode == CropMode::border) {
        const int side = preprocessing.short_side;
        if (width <= height) return {rounded_side(side, height, width), side};
        return {side, rounded_side(side, width, height)};
    }
    if (width <= height)
        return {preprocessing.short_side, long_side(preprocessing.short_side, height, width)};
    return {long_side(preprocessing.short_side, width, height), preprocessing.short_side};
}

/// Where the resized picture is in the result. The rest is padding of that colour.
struct Placement {
    int crop;
    int left;
    int top;
    std::array<std::uint8_t, 3> padding;
};

/// The distance from a row to the next and from a channel to the next, in elements.
struct Layout {
    std::size_t row;
    std::size_t channel;
};

/// [height, width, 3] → `out`, whose pixels are `pixel_step` elements apart.
template <std::size_t pixel_step, typename Element>
void write_pixels(const Image& resized, const Placement& place, const Layout& layout,
                  const ByteValues<Element>& values, Element* out) {
    const auto write_pixel = [&](Element* target, const std::uint8_t* rgb) {
        target[0] = values[0][rgb[0]];
        target[layout.channel] = values[1][rgb[1]];
        target[2 * layout.channel] = values[2][rgb[2]];
    };
    for (int y = 0; y < place.crop; ++y) {
        Element* row = out + static_cast<std::size_t>(y) * layout.row;
        const auto pad = [&](int from, int to) {
            for (int x = from; x < to; ++x) write_pixel(row + x * pixel_step, place.padding.data());
        };
        const int source_y = y - place.top;
        if (source_y < 0 || source_y >= resized.height) {
            pad(0, place.crop);
            continue;
        }
        pad(0, place.left);
        const std::uint8_t* pixel = resized.row(source_y);
        for (int x = place.left; x < place.left + resized.width; ++x, pixel += 3) {
            write_pixel(row + x * pixel_step, pixel);
        }
        pad(place.left + resized.width, place.crop);
    }
}

}  // namespace

Region crop_region(const Preprocessing& preprocessing, int width, int height) {
    const Resized size = resized_size(preprocessing, {}, width, height);
    const auto axis = [&](std::int64_t resized, double& from, double& extent) {
        const AxisCrop crop = center_crop(resized, preprocessing);
        from = static_cast<double>(crop.start - crop.padding) / static_cast<double>(resized);
        extent = static_cast<double>(preprocessing.image_size) / static_cast<double>(resized);
    };
    Region region;
    axis(size.width, region.left, region.width);
    axis(size.height, region.top, region.height);
    return region;
}

std::size_t preprocessed_bytes(const Preprocessing& preprocessing, PixelFormat format) {
    const std::size_t element =
        format == PixelFormat::interleaved_bfloat16 ? sizeof(std::uint16_t) : sizeof(float);
    return std::size_t{3} * preprocessing.image_size * preprocessing.image_size * element;
}

ByteValues<float> normalized_bytes(const std::array<float, 3>& mean, const std::array<float, 3>& std) {
    ByteValues<float> values;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            // The same operations as PyTorch, in the same order and in float.
            values[channel][byte] = (static_cast<float>(byte) / 255.0F - mean[channel]) / std[channel];
        }
    }
    return values;
}

Preprocessor::Preprocessor(const Preprocessing& preprocessing, PixelFormat format)
    : preprocessing_(preprocessing),
      format_(format),
      float32_(normalized_bytes(preprocessing.mean, preprocessing.std)) {
    for (std::size_t channel = 0; channel < 3; ++channel)
        std::ranges::transform(float32_[channel], bfloat16_[channel].begin(), to_bfloat16);
}

void Preprocessor::preprocess(const Image& image, std::span<std::byte> out) const { write(image, {}, out); }

void Preprocessor::preprocess(const DecodedImage& picture, std::span<std::byte> out) const {
    write(picture.image, {picture.orientation, picture.left_out_before, picture.left_out_after}, out);
}

int Preprocessor::draft_scale(int width, int height, int draft_side) const {
    if (preprocessing_.crop_mode != CropMode::border) return jpeg_draft_scale(width, height, draft_side);
    const int long_edge = std::max(width, height);
    return jpeg_draft_scale(long_edge, long_edge, draft_side);
}

ColumnRange Preprocessor::columns_needed(int width, int height, int orientation) const {
    const Turn turn = turn_of(orientation);
    const Resized resized = resized_size(preprocessing_, turn, width, height);
    const std::int64_t size = turn.swap_axes ? resized.height : resized.width;
    const AxisCrop crop = center_crop(size, preprocessing_);
    ColumnRange needed = inputs_needed(width, size, crop.start, crop.length, preprocessing_.interpolation);
    if (turn.flip_x) needed = {width - needed.end, width - needed.first};
    return needed;
}

void Preprocessor::write(const Image& image, const StoredAs& stored, std::span<std::byte> out) const {
    assert(out.size() == bytes());
    const int stored_width = stored.left_out_before + image.width + stored.left_out_after;
    const Resized size =
        resized_size(preprocessing_, turn_of(stored.orientation), stored_width, image.height);
    const AxisCrop columns = center_crop(size.width, preprocessing_);
    const AxisCrop rows = center_crop(size.height, preprocessing_);
    const Image resized = resize(image, size.width, size.height, preprocessing_.interpolation,
                                 {columns.start, rows.start, columns.length, rows.length}, stored);

    const Placement place{preprocessing_.image_size, columns.padding, rows.padding,
                          padding_color(preprocessing_)};
    const auto side = static_cast<std::size_t>(preprocessing_.image_size);
    const Layout planar{side, side * side};
    const Layout interleaved{3 * side, 1};
    switch (format_) {
        case PixelFormat::planar_float32:
            return write_pixels<1>(resized, place, planar, float32_, reinterpret_cast<float*>(out.data()));
        case PixelFormat::interleaved_float32:
            return write_pixels<3>(resized, place, interleaved, float32_,
                                   reinterpret_cast<float*>(out.data()));
        case PixelFormat::interleaved_bfloat16:
            return write_pixels<3>(resized, place, interleaved, bfloat16_,
                                   reinterpret_cast<std::uint16_t*>(out.data()));
    }
}

void preprocess(const Image& image, const Preprocessing& preprocessing, PixelFormat format,
                std::span<std::byte> out) {
    Preprocessor(preprocessing, format).preprocess(image, out);
}

}  // namespace imnet
