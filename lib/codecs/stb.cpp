// The only file that compiles stb_image. It works around the known problems of stb_image: formats that are
// not needed are not compiled (its GIF, PIC and PNM readers have holes, and skip checks that Pillow makes);
// there is no file access; memory is zeroed, so that pixels which a damaged file does not set are black and
// not left-over data; and memory is limited by an allowance, because the zlib reader would otherwise grow
// its output without end.
#include "codecs/stb.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "codecs/picture_size.h"

namespace {

/// Bytes that stb_image may still take for the picture that this thread decodes.
thread_local std::size_t allowance = 0;
/// Whether the system had no memory for it.
thread_local bool memory_missing = false;

struct alignas(std::max_align_t) BlockHeader {
    std::size_t size;
};

void* take_zeroed(std::size_t size) {
    if (size > allowance) return nullptr;
    auto* header = static_cast<BlockHeader*>(std::calloc(1, sizeof(BlockHeader) + size));
    if (header == nullptr) {
        memory_missing = true;
        return nullptr;
    }
    header->size = size;
    allowance -= size;
    return header + 1;
}

void give_back(void* block) {
    if (block == nullptr) return;
    BlockHeader* header = static_cast<BlockHeader*>(block) - 1;
    allowance += header->size;
    std::free(header);
}

void* take_larger(void* block, std::size_t old_size, std::size_t new_size) {
    void* larger = take_zeroed(new_size);
    if (larger == nullptr) return nullptr;
    if (block != nullptr) std::memcpy(larger, block, std::min(old_size, new_size));
    give_back(block);
    return larger;
}

}  // namespace

#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_MAX_DIMENSIONS INT_MAX  // sizes are checked against the caller's limit instead
#define STBI_ASSERT(condition) static_cast<void>(0)
#define STBI_MALLOC(size) take_zeroed(size)
#define STBI_FREE(block) give_back(block)
#define STBI_REALLOC_SIZED(block, old_size, new_size) take_larger(block, old_size, new_size)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb/stb_image.h>
#pragma GCC diagnostic pop

namespace imnet {
namespace {

struct Free {
    void operator()(void* pixels) const { stbi_image_free(pixels); }
};

InputError failure(std::string_view format) {
    if (memory_missing) return memory_error();
    const char* known = stbi_failure_reason();
    const std::string_view reason = known != nullptr ? known : "its parts do not fit together";
    if (reason == "too large") {
        return {InputErrorKind::limits, fmt::format("{} is larger than its decoder can take", format)};
    }
    return {InputErrorKind::decode, fmt::format("damaged {}: {}", format, reason)};
}

struct Size {
    int width;
    int height;
};

/// The size of a picture that may be decoded, with stb_image's allowance set for it.
Expected<Size> begin(std::span<const std::byte> bytes, std::string_view format, const DecodeLimits& limits) {
    if (bytes.size() > INT_MAX) {
        return input_error(InputErrorKind::limits, fmt::format("{} of {} bytes is over the limit of {}",
                                                               format, bytes.size(), INT_MAX));
    }
    allowance = std::size_t{1} << 20;
    memory_missing = false;
    // Only files with a chunk CgBI are changed by these. (The header declares the second by another name.)
    stbi_convert_iphone_png_to_rgb_thread(1);
    stbi__unpremultiply_on_load_thread(1);
    Size size{};
    int channels = 0;
    const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
    if (stbi_info_from_memory(data, static_cast<int>(bytes.size()), &size.width, &size.height, &channels) ==
        0) {
        return tl::unexpected(failure(format));
    }
    if (auto error = size_error(size.width, size.height, limits)) return tl::unexpected(std::move(*error));
    // The most that a valid file needs: its compressed data, joined; the samples of all pixels four times
    // (inflated, once more if that buffer doubled, unfiltered, converted); and some for each row and column.
    const bool wide = stbi_is_16_bit_from_memory(data, static_cast<int>(bytes.size())) != 0;
    const std::size_t pixels = static_cast<std::size_t>(size.width) * size.height;
    const std::size_t pixel_bytes = static_cast<std::size_t>(channels) * (wide ? 2 : 1);
    const std::size_t border = (static_cast<std::size_t>(size.width) + size.height) * 512;
    allowance += 4 * bytes.size() + (4 * pixel_bytes + 4) * pixels + border;
    return size;
}

}  // namespace

Expected<Image> decode_with_stb(std::span<const std::byte> bytes, std::string_view format,
                                const DecodeLimits& limits) {
    const Expected<Size> expected = begin(bytes, format, limits);
    if (!expected) return tl::unexpected(expected.error());
    Size size{};
    int channels = 0;
    const std::unique_ptr<stbi_uc, Free> pixels(
        stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()), static_cast<int>(bytes.size()),
                              &size.width, &size.height, &channels, 3));
    if (!pixels) return tl::unexpected(failure(format));
    Image image{size.width, size.height, {}};
    image.rgb.assign(pixels.get(), pixels.get() + static_cast<std::size_t>(size.width) * size.height * 3);
    return image;
}

Expected<std::vector<std::uint16_t>> decode_grey16_with_stb(std::span<const std::byte> bytes,
                                                            std::string_view format,
                                                            const DecodeLimits& limits) {
    const Expected<Size> expected = begin(bytes, format, limits);
    if (!expected) return tl::unexpected(expected.error());
    Size size{};
    int channels = 0;
    const std::unique_ptr<stbi_us, Free> samples(
        stbi_load_16_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()),
                                 static_cast<int>(bytes.size()), &size.width, &size.height, &channels, 1));
    if (!samples) return tl::unexpected(failure(format));
    return std::vector<std::uint16_t>(samples.get(),
                                      samples.get() + static_cast<std::size_t>(size.width) * size.height);
}

}  // namespace imnet
