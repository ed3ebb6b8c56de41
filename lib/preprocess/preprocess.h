#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// The part of an upright picture of this size that the crop covers. Padding lies beyond the picture.
Region crop_region(const Preprocessing& preprocessing, int width, int height);

/// Number of bytes that one preprocessed picture takes: 3 · image_size · image_size elements.
std::size_t preprocessed_bytes(const Preprocessing& preprocessing, PixelFormat format);

/// The element for each of the 256 byte values, for each channel.
template <typename Element>
using ByteValues = std::array<std::array<Element, 256>, 3>;

/// Bytes scaled to 0…1 and normalised, as torchvision's ToTensor and Normalize do it.
ByteValues<float> normalized_bytes(const std::array<float, 3>& mean, const std::array<float, 3>& std);

struct StoredAs;

/// Preprocessing with its tables computed once for many pictures. Several threads may use it at once.
class Preprocessor {
public:
    Preprocessor(const Preprocessing& preprocessing, PixelFormat format);

    /// Number of bytes that `preprocess` writes.
    std::size_t bytes() const { return preprocessed_bytes(preprocessing_, format_); }

    /// [height, width, 3] uint8 → the format, in the machine's byte order. The numbers are bit-identical to
    /// those of torchvision's `ImageClassification` transform (for bicubic and borders, timm's) of a PIL
    /// image; for bfloat16, to `.to(torch.bfloat16)` of them. `out` is aligned for its elements.
    void preprocess(const Image& image, std::span<std::byte> out) const;

    /// Gives the same as for `orient(picture.image, picture.orientation)`, in much less time.
    void preprocess(const DecodedImage& picture, std::span<std::byte> out) const;

    /// The scale of 1, 2, 4 or 8 at which a JPEG of this size is decoded, so that the side that is resized to
    /// `short_side` stays at least `draft_side` long; 1 if that is 0.
    int draft_scale(int width, int height, int draft_side) const;

    /// The columns that `preprocess` reads of a stored picture of this size.
    ColumnRange columns_needed(int width, int height, int orientation) const;

private:
    void write(const Image& image, const StoredAs& stored, std::span<std::byte> out) const;

    Preprocessing preprocessing_;
    PixelFormat format_;
    ByteValues<float> float32_;
    ByteValues<std::uint16_t> bfloat16_{};
};

/// Preprocesses a single picture.
void preprocess(const Image& image, const Preprocessing& preprocessing, PixelFormat format,
                std::span<std::byte> out);

}  // namespace imnet
