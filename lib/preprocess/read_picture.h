#pragma once

#include "codecs/codec.h"
#include "inputs/input.h"

namespace imnet {

/// Reads, decodes and turns one picture: its pixels as they are meant to be seen.
Expected<Image> read_picture(Input& input, const DecodeLimits& limits = {});

}  // namespace imnet
