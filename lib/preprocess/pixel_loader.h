#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/errors.h"
#include "codecs/codec.h"
#include "inputs/input.h"
#include "preprocess/preprocess.h"

namespace imnet {

/// Takes one input after the other to an engine's pixels: read → decode → orient → preprocess. One
/// thread uses it; memory of a picture serves the next.
class PixelLoader {
public:
    /// With `draft`, large JPEGs are decoded at a part of their size, never under twice the recipe's.
    PixelLoader(const Preprocessing& preprocessing, PixelFormat format, const DecodeLimits& limits = {},
                bool draft = false);

    /// Number of bytes that `load` writes.
    std::size_t bytes() const { return preprocessor_.bytes(); }

    /// Bytes that come only once (standard input, archives) stay with the input, so that it can be
    /// loaded again should memory run out.
    Expected<void> load(Input& input, std::span<std::byte> pixels);

    void give_back_memory() { memory_ = {}; }

private:
    Preprocessor preprocessor_;
    DecodeLimits limits_;
    int draft_short_side_;
    std::vector<std::uint8_t> memory_;
};

}  // namespace imnet
