// Decodes and preprocesses any bytes as a picture.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "base/crc32.h"
#include "codecs/decode.h"
#include "codecs/jpeg.h"
#include "codecs/orientation.h"
#include "codecs/sniff.h"
#include "preprocess/decode_needed.h"
#include "preprocess/preprocess.h"

namespace {

constexpr imnet::DecodeLimits limits{.max_pixels = 1'000'000};

/// The whole picture; a JPEG at a scale that leaves its short side at least `draft_short_side` long.
imnet::Expected<imnet::DecodedImage> decode_whole(std::span<const std::byte> bytes, int draft_short_side) {
    if (draft_short_side == 0) return imnet::decode(bytes, limits);
    auto jpeg = imnet::JpegFile::open(bytes, limits);
    if (!jpeg) return tl::unexpected(jpeg.error());
    return jpeg->decode({.scale = imnet::jpeg_draft_scale(jpeg->width(), jpeg->height(), draft_short_side)});
}

/// Decodes and preprocesses in two ways: only the needed columns of a JPEG, turned while resizing, as
/// classification does; and the whole picture, turned first. The results must be equal. Returns whether the
/// bytes could be decoded.
bool decode_and_preprocess(std::span<const std::byte> bytes, int draft_short_side) {
    static const imnet::Preprocessor preprocessor({.short_side = 20, .image_size = 16},
                                                  imnet::PixelFormat::interleaved_bfloat16);
    auto decoded = decode_whole(bytes, draft_short_side);
    const auto part = imnet::decode_needed(bytes, preprocessor, limits, draft_short_side);
    if (decoded.has_value() != part.has_value()) std::abort();
    if (!decoded && decoded.error().message.empty()) std::abort();
    if (!decoded) return false;
    const std::size_t pixels = static_cast<std::size_t>(decoded->image.width) * decoded->image.height;
    if (pixels == 0 || pixels > limits.max_pixels || decoded->image.rgb.size() != pixels * 3) std::abort();
    std::vector<std::byte> quick(preprocessor.bytes());
    preprocessor.preprocess(*part, quick);
    std::vector<std::byte> plain(preprocessor.bytes());
    preprocessor.preprocess(imnet::orient(std::move(decoded->image), decoded->orientation), plain);
    if (quick != plain) std::abort();
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const bool decoded = decode_and_preprocess(bytes, 0);
    if (imnet::sniff(bytes) != imnet::PictureFormat::jpeg) return 0;
    // Decoding a JPEG at a fraction of its size reads all of it, too, so it must succeed or fail alike.
    for (const int draft_short_side : {40, 1}) {
        if (decode_and_preprocess(bytes, draft_short_side) != decoded) std::abort();
    }
    return 0;
}

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

/// Mutates as libFuzzer does, then corrects the checksums of PNG chunks. With a wrong checksum, a mutated PNG
/// would be refused at its first chunk.
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
