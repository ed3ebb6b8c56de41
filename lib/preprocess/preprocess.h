#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codecs/decode.h"
#include "codecs/image.h"

namespace imnet {

enum class Interpolation { bilinear, bicubic };

/// The recipe of a set of weights: resize the short side, crop the centre, scale to 0…1, normalise.
struct Preprocessing {
    int short_side = 232;
    int image_size = 224;
    Interpolation interpolation = Interpolation::bilinear;
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
    std::array<float, 3> std{0.229F, 0.224F, 0.225F};

    bool operator==(const Preprocessing&) const = default;
};

/// A part of a picture, in parts of its width and height. It may reach beyond the picture.
struct Region {
    double left = 0;
    double top = 0;
    double width = 1;
    double height = 1;
};

/// What the recipe's crop shows of an upright picture of this size; padding lies beyond the picture.
Region crop_region(const Preprocessing& preprocessing, int width, int height);

/// How an engine wants a picture in memory: planar is [3, image_size, image_size] (NCHW), interleaved is
/// [image_size, image_size, 3] (NHWC, channels last).
enum class PixelFormat { planar_float32, interleaved_float32, interleaved_bfloat16 };

/// Number of bytes that one preprocessed picture takes: 3 · image_size · image_size elements.
std::size_t preprocessed_bytes(const Preprocessing& preprocessing, PixelFormat format);

/// For each channel, what each of the 256 byte values becomes.
template <typename Element>
using ByteValues = std::array<std::array<Element, 256>, 3>;

/// Bytes scaled to 0…1 and normalised, as torchvision's ToTensor and Normalize do it.
ByteValues<float> normalized_bytes(const std::array<float, 3>& mean, const std::array<float, 3>& std);

struct StoredAs;

/// A recipe made ready for many pictures. May be used by several threads at once.
class Preprocessor {
public:
    Preprocessor(const Preprocessing& preprocessing, PixelFormat format);

    /// Number of bytes that `preprocess` writes.
    std::size_t bytes() const { return preprocessed_bytes(preprocessing_, format_); }

    /// [height, width, 3] uint8 → the format, in the machine's byte order. The numbers are equal bit
    /// for bit to those of torchvision's `ImageClassification` transform (and timm's, for bicubic) over
    /// a PIL image; in bfloat16, to `.to(torch.bfloat16)` of them. `out` is aligned for its elements.
    void preprocess(const Image& image, std::span<std::byte> out) const;

    /// The same of `orient(picture.image, picture.orientation)`, in much less time than both take.
    void preprocess(const DecodedImage& picture, std::span<std::byte> out) const;

    /// The columns that `preprocess` looks at in a stored picture of this size, for JpegOptions.
    ColumnRange columns_needed(int width, int height, int orientation) const;

private:
    void write(const Image& image, const StoredAs& stored, std::span<std::byte> out) const;

    Preprocessing preprocessing_;
    PixelFormat format_;
    ByteValues<float> float32_;
    ByteValues<std::uint16_t> bfloat16_{};
};

/// One picture by a recipe of its own.
void preprocess(const Image& image, const Preprocessing& preprocessing, PixelFormat format,
                std::span<std::byte> out);

}  // namespace imnet
