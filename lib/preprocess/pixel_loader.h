#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/errors.h"
#include "codecs/codec.h"
#include "inputs/input.h"
#include "preprocess/preprocess.h"

namespace imnet {

/// What is to be said of a picture whose pixels were loaded.
struct Loaded {
    std::string damage;  ///< empty if there is none
};

/// Makes an engine's pixels of one input after the other: read → decode → orient → preprocess. One thread
/// uses it; the memory of a picture is reused for the next.
class PixelLoader {
public:
    /// With `draft`, large JPEGs are decoded at a smaller scale, at which the side that is resized is
    /// still at least twice as long as in the preprocessing.
    PixelLoader(const Preprocessing& preprocessing, PixelFormat format, const DecodeLimits& limits = {},
                bool draft = false);

    /// The number of bytes that `load` writes.
    std::size_t bytes() const { return preprocessor_.bytes(); }

    /// Writes the pixels of one input. Bytes that can be read only once (standard input, archives) stay with
    /// the input, so that it can be loaded again if memory runs out.
    Expected<Loaded> load(Input& input, std::span<std::byte> pixels);

    void give_back_memory() { memory_ = {}; }

private:
    Preprocessor preprocessor_;
    DecodeLimits limits_;
    int draft_side_;
    std::vector<std::uint8_t> memory_;
};

}  // namespace imnet
