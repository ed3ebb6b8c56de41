// The interface between the program and the modules of the codecs that few runs need (base/loaded_module.h).
// Each module has one library that decodes one format.
#pragma once

#include <cstddef>
#include <span>

#include "base/loaded_module.h"
#include "codecs/codec.h"
#include "codecs/sniff.h"

namespace imnet {

/// Type and name of the function that every module exports.
using DecodeInModule = void(std::span<const std::byte>, const DecodeLimits&, Expected<DecodedImage>& result);
inline constexpr char decode_symbol[] = "imnet_decode_picture";

/// Decodes a picture of a format that has a module, and loads the module at the first call. A missing module
/// is a `format` error that names the package to install.
Expected<DecodedImage> decode_in_module(PictureFormat format, std::span<const std::byte> bytes,
                                        const DecodeLimits& limits);

}  // namespace imnet
