#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace imnet {

/// Collects from the chunks of a PNG file what states its orientation: the chunk eXIf, and the texts (tEXt,
/// zTXt and iTXt) with XMP or with the raw EXIF profile that ImageMagick writes.
class PngMetadata {
public:
    /// Looks at one chunk, whose bytes must outlive this object. Of several with the same name the last
    /// counts.
    void take(std::string_view type, std::span<const std::byte> data);

    /// 1 to 8, in the order of Pillow's `Image.getexif`: EXIF, the raw profile, XMP. Inflates at most a
    /// megabyte of each text; a longer or damaged one states nothing.
    int orientation() const;

private:
    struct Text {
        std::span<const std::byte> value;
        bool compressed = false;
    };

    void take_text(std::string_view type, std::span<const std::byte> data);

    std::span<const std::byte> exif_;
    Text raw_profile_;
    Text xmp_;
};

}  // namespace imnet
