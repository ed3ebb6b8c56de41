// libheif decodes the primary picture of a HEIC or AVIF file into 8-bit RGB, as its tool heif-convert does.
// It turns, mirrors and crops as the file says (irot, imir, clap), so the orientation in EXIF does not count;
// alpha is dropped, and of deeper pixels the high bits remain.
#include <algorithm>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <libheif/heif.h>

#include "base/loaded_module.h"
#include "codecs/codec.h"
#include "codecs/heif/items.h"
#include "codecs/module.h"
#include "codecs/picture_size.h"

namespace imnet {
namespace {

template <auto release>
struct Release {
    template <typename Object>
    void operator()(Object* object) const {
        release(object);
    }
};
using Context = std::unique_ptr<heif_context, Release<heif_context_free>>;
using Handle = std::unique_ptr<const heif_image_handle, Release<heif_image_handle_release>>;
using Pixels = std::unique_ptr<const heif_image, Release<heif_image_release>>;
using DecodingOptions = std::unique_ptr<heif_decoding_options, Release<heif_decoding_options_free>>;

tl::unexpected<InputError> failed(const heif_error& error) {
    switch (error.code) {
        case heif_error_Memory_allocation_error:
            return input_error(InputErrorKind::limits,
                               fmt::format("libheif does not decode this picture: {}", error.message));
        case heif_error_Unsupported_filetype:
        case heif_error_Unsupported_feature:
            return input_error(
                InputErrorKind::format,
                fmt::format("libheif does not read this HEIF picture ({}): convert it to PNG or JPEG",
                            error.message));
        default: return input_error(InputErrorKind::decode, fmt::format("damaged HEIF: {}", error.message));
    }
}

/// The parts of a real picture have hardly more pixels than the whole.
std::optional<InputError> work_error(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    const HeifWork work = count_heif_work(bytes);
    constexpr std::uint64_t small = std::uint64_t{1} << 22;
    // Streams are padded to whole blocks, so theirs may be a little larger.
    if (work.coded >
        std::min(small + 4 * std::min(work.shown, limits.max_pixels), small + limits.max_pixels)) {
        return InputError{
            InputErrorKind::limits,
            fmt::format("the stream of this HEIF picture has {:.0f} megapixels, it has {:.1f}",
                        static_cast<double>(work.coded) / 1e6, static_cast<double>(work.shown) / 1e6)};
    }
    if (work.decoded <= std::min(small + 4 * work.shown, 4 * limits.max_pixels)) return std::nullopt;
    return InputError{
        InputErrorKind::limits,
        fmt::format("the parts of this HEIF picture have {:.0f} megapixels, it has {:.1f}",
                    static_cast<double>(work.decoded) / 1e6, static_cast<double>(work.shown) / 1e6)};
}

Image copied(const heif_image* pixels, int width, int height) {
    int stride = 0;
    const std::uint8_t* in = heif_image_get_plane_readonly(pixels, heif_channel_interleaved, &stride);
    Image image = blank_image(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height));
    for (int y = 0; y < height; ++y, in += stride) std::copy_n(in, std::size_t{3} * width, image.row(y));
    return image;
}

Expected<DecodedImage> decode_heif(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    if (auto error = work_error(bytes, limits)) return tl::unexpected(std::move(*error));
    const Context context(heif_context_alloc());
    if (!context) return tl::unexpected(memory_error());
    heif_context_set_max_decoding_threads(context.get(), 0);  // other workers decode other pictures
    heif_error error =
        heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(), nullptr);
    if (error.code != heif_error_Ok) return failed(error);
    heif_image_handle* primary = nullptr;
    error = heif_context_get_primary_image_handle(context.get(), &primary);
    if (error.code != heif_error_Ok) return failed(error);
    const Handle handle(primary);
    const int width = heif_image_handle_get_width(primary), height = heif_image_handle_get_height(primary);
    if (auto wrong = size_error(static_cast<std::uint64_t>(std::max(width, 0)),
                                static_cast<std::uint64_t>(std::max(height, 0)), limits)) {
        return tl::unexpected(std::move(*wrong));
    }
    const DecodingOptions options(heif_decoding_options_alloc());
    options->convert_hdr_to_8bit = 1;
    heif_image* decoded = nullptr;
    error =
        heif_decode_image(primary, &decoded, heif_colorspace_RGB, heif_chroma_interleaved_RGB, options.get());
    if (error.code != heif_error_Ok) return failed(error);
    const Pixels pixels(decoded);
    const int shown_width = heif_image_get_primary_width(decoded);
    const int shown_height = heif_image_get_primary_height(decoded);
    if (shown_width < 1 || shown_height < 1)
        return input_error(InputErrorKind::decode, "damaged HEIF: no pixels");
    if (auto wrong = size_error(static_cast<std::uint64_t>(shown_width),
                                static_cast<std::uint64_t>(shown_height), limits)) {
        return tl::unexpected(std::move(*wrong));
    }
    return DecodedImage{copied(decoded, shown_width, shown_height), 1};
}

}  // namespace

IMNET_MODULE_FUNCTION void imnet_decode_picture(std::span<const std::byte> bytes, const DecodeLimits& limits,
                                                Expected<DecodedImage>& result) {
    result = decode_heif(bytes, limits);
}

}  // namespace imnet
