// Any bytes through the decoders and what follows them: `fuzz_decode tests/fuzz/corpus/decode`.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "base/crc32.h"
#include "images/byte_reader.h"
#include "images/decode.h"
#include "images/orientation.h"
#include "images/preprocess.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr imnet::DecodeLimits limits{.max_pixels = 1'000'000};
    constexpr imnet::Preprocessing recipe{.resize = 20, .crop = 16};
    auto decoded = imnet::decode(std::as_bytes(std::span(data, size)), limits);
    if (!decoded) return decoded.error().message.empty() ? std::abort(), 1 : 0;
    const std::size_t pixels = static_cast<std::size_t>(decoded->image.width) * decoded->image.height;
    if (pixels == 0 || pixels > limits.max_pixels || decoded->image.rgb.size() != pixels * 3) std::abort();
    const imnet::Image upright = imnet::orient(std::move(decoded->image), decoded->orientation);
    constexpr auto format = imnet::PixelFormat::interleaved_bfloat16;
    std::vector<std::byte> tensor(imnet::preprocessed_bytes(recipe, format));
    imnet::preprocess(upright, recipe, format, tensor);
    return 0;
}

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

/// libFuzzer's own changes, with the checksums of PNG chunks put right after them: else no changed PNG
/// would get past its first chunk.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int) {
    size = LLVMFuzzerMutate(data, size, max_size);
    imnet::ByteReader reader(std::as_bytes(std::span(data, size)));
    if (imnet::as_text(reader.take(8)) != "\x89PNG\r\n\x1a\n") return size;
    while (reader.remaining() > 0) {
        const std::size_t length = reader.u32_be();
        const std::uint32_t crc = imnet::crc32(reader.take(length + 4));
        if (reader.remaining() < 4) break;
        for (int i = 0; i < 4; ++i)
            data[reader.position() + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
        reader.skip(4);
    }
    return size;
}

#endif
