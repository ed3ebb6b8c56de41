#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "codecs/codec.h"

namespace imnet {

/// Which part of a JPEG picture to decode. By default it is all of it.
struct JpegPart {
    /// 1, 2, 4 or 8: decode at 1/scale of the size, to the bytes that Pillow gives after `Image.draft`.
    int scale = 1;

    /// The columns of the stored picture that are needed. The others may be left out, which saves time. At
    /// another scale than 1 all columns are decoded.
    std::optional<ColumnRange> columns = {};
};

class JpegDecompressor;

/// A JPEG file whose header has been read. libjpeg-turbo decodes it as Pillow uses it (accurate integer
/// DCT, smooth upsampling).
class JpegFile {
public:
    /// Reads the header of `bytes`, which must outlive the object. A progressive file may have as many scans
    /// as real encoders write, but not so many that decoding takes hours.
    static Expected<JpegFile> open(std::span<const std::byte> bytes, const DecodeLimits& limits);

    JpegFile(JpegFile&& other) noexcept;
    JpegFile& operator=(JpegFile&& other) noexcept;
    ~JpegFile();

    int width() const;  ///< of the stored picture
    int height() const;
    int orientation() const { return orientation_; }  ///< EXIF, 1 to 8

    /// Decodes the pixels; may be called once. `memory` is reused for them if it is large enough: to get
    /// fresh memory from the system takes nearly as long as to decode a large picture into it.
    Expected<DecodedImage> decode(const JpegPart& part = {}, std::vector<std::uint8_t> memory = {});

private:
    JpegFile(std::unique_ptr<JpegDecompressor> decompressor, int orientation, const DecodeLimits& limits);

    std::unique_ptr<JpegDecompressor> decompressor_;
    int orientation_;
    DecodeLimits limits_;
};

/// Decodes a whole JPEG file.
Expected<DecodedImage> decode_jpeg(std::span<const std::byte> bytes, const DecodeLimits& limits);

/// The largest of 8, 4 and 2 at which the picture, ⌈width/scale⌉ × ⌈height/scale⌉, has a short side of at
/// least `short_side` pixels; 1 if there is none, or if `short_side` is 0.
int jpeg_draft_scale(int width, int height, int short_side);

}  // namespace imnet
