#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/errors.h"

namespace imnet {

/// The formats that are decoded; of a camera's `raw` file, the preview.
enum class PictureFormat { jpeg, png, webp, gif, bmp, tga, pnm, tiff, jpeg2000, jxl, heif, raw, unknown };

/// The format, from the first bytes.
PictureFormat sniff(std::span<const std::byte> bytes);

/// An error of kind `format` if these first bytes of a file are not those of a picture that is decoded.
std::optional<InputError> refusal_of(std::span<const std::byte> start);

/// For the user, in one line: what the bytes of an unknown format probably are, and what to do.
std::string describe_unknown(std::span<const std::byte> bytes);

}  // namespace imnet
