#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace imnet {

/// The orientation in an EXIF block, 1 to 8 (EXIF 2.32, section 4.6.4; tag 0x0112), of every type in which
/// Pillow takes it; 1 if the block states something else. Nothing if it states none or is damaged before it.
/// `exif` starts at the TIFF header, with or without "Exif\0\0" before it. Never reads outside the span.
std::optional<int> exif_orientation(std::span<const std::byte> exif);

/// The orientation in an XMP packet (ISO 16684-1; tiff:Orientation, an attribute or an element), 1 to 8; 1 if
/// it states another digit. Nothing if it states none.
std::optional<int> xmp_orientation(std::string_view xmp);

/// What EXIF states, else XMP, else 1: the order of Pillow's `Image.getexif`.
int stated_orientation(std::span<const std::byte> exif, std::string_view xmp);

}  // namespace imnet
