#pragma once

#include <cstddef>
#include <span>

#include "base/errors.h"
#include "codecs/codec.h"

namespace imnet {

/// What is to be known of a JPEG 2000 file before it is decoded.
struct Jpeg2000Header {
    bool in_boxes = false;  ///< a JP2 file, not a codestream alone
};

/// Reads the headers of a JPEG 2000 file. Refuses a picture over the limit, and one whose tiles, precincts or
/// packets would take more memory and time than its pixels and its bytes explain. Never reads outside the
/// span.
Expected<Jpeg2000Header> read_jpeg2000_header(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
