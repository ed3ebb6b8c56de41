// libjpeg reports an error by calling error_exit, which must not return. It is left by longjmp, and so
// that no destructor is jumped over, only `attempt` calls libjpeg: whatever owns memory lives outside.
//
// Damage is treated as Pillow treats it: warnings (bad Huffman codes, stray bytes) are let pass, data
// that ends early is an error. Pillow lets one case of that pass, a marker in the middle of a scan,
// and gives grey pixels for what is missing; here it is an error too.
#ifdef IMNET_JPEG

#include <fmt/format.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <utility>

#include <jpeglib.h>

#include <jerror.h>

#include "codecs/jpeg.h"
#include "codecs/jpeg_pixels.h"
#include "codecs/orientation.h"
#include "codecs/picture_size.h"

namespace imnet {
namespace {

struct ErrorManager {
    jpeg_error_mgr base;  // first, so that libjpeg's pointer to it is a pointer to this
    std::jmp_buf escape;
    bool data_missing = false;
    char message[JMSG_LENGTH_MAX] = "";
};

ErrorManager& errors(j_common_ptr info) { return *reinterpret_cast<ErrorManager*>(info->err); }

[[noreturn]] void leave(j_common_ptr info) {
    info->err->format_message(info, errors(info).message);
    std::longjmp(errors(info).escape, 1);
}

void note_warning(j_common_ptr info, int level) {
    if (level < 0 && info->err->msg_code == JWRN_HIT_MARKER) errors(info).data_missing = true;
}

boolean fail_at_end(j_decompress_ptr info) {
    errors(reinterpret_cast<j_common_ptr>(info)).data_missing = true;
    ERREXIT(info, JERR_INPUT_EOF);
    return FALSE;
}

void skip_bytes(j_decompress_ptr info, long count) {
    if (count <= 0) return;
    if (static_cast<std::size_t>(count) > info->src->bytes_in_buffer) fail_at_end(info);
    info->src->next_input_byte += count;
    info->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

void nothing(j_decompress_ptr) {}

/// Owns a decompressor that reads `bytes`.
class Decompressor {
public:
    explicit Decompressor(std::span<const std::byte> bytes) {
        info.err = jpeg_std_error(&error.base);
        error.base.error_exit = leave;
        error.base.emit_message = note_warning;
        error.base.output_message = [](j_common_ptr) {};
        source.next_input_byte = reinterpret_cast<const JOCTET*>(bytes.data());
        source.bytes_in_buffer = bytes.size();
        source.init_source = nothing;
        source.fill_input_buffer = fail_at_end;
        source.skip_input_data = skip_bytes;
        source.resync_to_restart = jpeg_resync_to_restart;
        source.term_source = nothing;
    }
    ~Decompressor() { jpeg_destroy_decompress(&info); }
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;

    jpeg_decompress_struct info{};
    jpeg_source_mgr source{};
    ErrorManager error{};
};

/// Whether `step`, which calls libjpeg and owns nothing, ran to its end.
template <typename Step>
bool attempt(Decompressor& jpeg, Step step) {
    if (setjmp(jpeg.error.escape) != 0) return false;
    step(jpeg.info);
    return true;
}

bool read_header(Decompressor& jpeg) {
    return attempt(jpeg, [&source = jpeg.source](jpeg_decompress_struct& info) {
        jpeg_create_decompress(&info);
        info.src = &source;
        jpeg_read_header(&info, TRUE);
    });
}

/// Decodes to a part of the size by a smaller DCT; the output size is known afterwards.
bool set_scale(Decompressor& jpeg, int scale) {
    return attempt(jpeg, [scale](jpeg_decompress_struct& info) {
        info.scale_num = 1;
        info.scale_denom = static_cast<unsigned>(scale);
        jpeg_calc_output_dimensions(&info);
    });
}

/// A picture whose pixels, all of which are still to be written, may be those of an earlier one.
Image picture_in(std::vector<std::uint8_t> memory, std::size_t width, std::size_t height) {
    const std::size_t size = width * height * 3;
    if (memory.capacity() < size) return blank_image(width, height);
    memory.resize(size);
    return {static_cast<int>(width), static_cast<int>(height), std::move(memory)};
}

/// The columns to decode: what the options ask for and the neighbours that smooth upsampling looks at,
/// one sample of a component, which is at most four columns. At a part of the size libjpeg-turbo is not
/// exact beside the edges for all samplings, so there, and where little would be saved, it is all.
ColumnRange columns_to_decode(const jpeg_decompress_struct& info, const JpegOptions& options,
                              int orientation) {
    constexpr int neighbours = 16;
    const int width = static_cast<int>(info.output_width);
    const ColumnRange all{0, width};
    if (!options.columns || info.scale_denom != 1) return all;
    const ColumnRange asked = options.columns(width, static_cast<int>(info.output_height), orientation);
    const ColumnRange range{std::max(asked.first - neighbours, 0), std::min(asked.end + neighbours, width)};
    return range.end - range.first < width - width / 16 ? range : all;
}

/// Begins, with at least these columns; the first is then where libjpeg begins, at a block's edge.
bool start(Decompressor& jpeg, J_COLOR_SPACE color_space, ColumnRange& columns) {
    return attempt(jpeg, [color_space, &columns](jpeg_decompress_struct& info) {
        info.out_color_space = color_space;
        jpeg_start_decompress(&info);
        auto first = static_cast<JDIMENSION>(columns.first);
        JDIMENSION count = static_cast<JDIMENSION>(columns.end) - first;
        if (count < info.output_width) jpeg_crop_scanline(&info, &first, &count);
        columns = {static_cast<int>(first), static_cast<int>(first + count)};
    });
}

/// Rows as libjpeg gives them: [height, width, 3], or CMYK, of which `cmyk_row` holds one at a time.
bool read_rows(Decompressor& jpeg, Image& image, JSAMPROW cmyk_row) {
    return attempt(jpeg, [&image, cmyk_row](jpeg_decompress_struct& info) {
        while (info.output_scanline < info.output_height) {
            std::uint8_t* rgb = image.row(static_cast<int>(info.output_scanline));
            JSAMPROW row = cmyk_row != nullptr ? cmyk_row : rgb;
            jpeg_read_scanlines(&info, &row, 1);
            if (cmyk_row == nullptr) continue;
            // Photoshop stores CMYK inverted, so full ink is 0; Pillow reads every file as it does.
            for (JDIMENSION x = 0; x < info.output_width; ++x, rgb += 3) {
                for (int channel = 0; channel < 3; ++channel) {
                    const int black = cmyk_row[4 * x + 3];
                    const int product = (255 - cmyk_row[4 * x + channel]) * black + 128;
                    rgb[channel] =
                        static_cast<std::uint8_t>(std::max(black - ((product >> 8) + product) / 256, 0));
                }
            }
        }
    });
}

InputError failure(const Decompressor& jpeg) {
    switch (jpeg.error.base.msg_code) {
        case JERR_SOF_UNSUPPORTED:
        case JERR_BAD_PRECISION:
        case JERR_BAD_J_COLORSPACE:
        case JERR_CONVERSION_NOTIMPL:
        case JERR_ARITH_NOTIMPL:
            return {InputErrorKind::format,
                    fmt::format("this kind of JPEG is not served ({}): convert it to a "
                                "baseline JPEG or PNG",
                                jpeg.error.message)};
        default: return {InputErrorKind::decode, fmt::format("damaged JPEG: {}", jpeg.error.message)};
    }
}

InputError truncation(const Decompressor& jpeg) {
    const jpeg_decompress_struct& info = jpeg.info;
    if (info.image_height == 0) return {InputErrorKind::decode, "truncated JPEG: its header is cut off"};
    if (info.input_scan_number > 1 || info.output_scanline == 0) {
        return {InputErrorKind::decode,
                fmt::format("truncated JPEG: its data ends in scan {}", std::max(info.input_scan_number, 1))};
    }
    return {InputErrorKind::decode,
            fmt::format("truncated JPEG: {} of {} rows", info.output_scanline, info.output_height)};
}

}  // namespace

const bool jpeg_pixels_are_exact = true;
const bool jpeg_has_options = true;

Expected<DecodedImage> decode_jpeg_pixels(std::span<const std::byte> bytes, const JpegMarkers& markers,
                                          const DecodeLimits& limits, JpegOptions options) {
    Decompressor jpeg(bytes);
    const auto problem = [&] { return jpeg.error.data_missing ? truncation(jpeg) : failure(jpeg); };
    if (!read_header(jpeg)) return tl::unexpected(problem());
    const int components = jpeg.info.num_components;
    if (components != 1 && components != 3 && components != 4) {
        return input_error(InputErrorKind::format,
                           fmt::format("JPEG of {} components is not served", components));
    }
    if (auto error = size_error(jpeg.info.image_width, jpeg.info.image_height, limits)) {
        return tl::unexpected(std::move(*error));
    }
    const int scale =
        jpeg_draft_scale(jpeg.info.image_width, jpeg.info.image_height, options.draft_short_side);
    if (!set_scale(jpeg, scale)) return tl::unexpected(failure(jpeg));
    const int width = static_cast<int>(jpeg.info.output_width);
    const int orientation = exif_orientation(markers.exif);
    ColumnRange columns = columns_to_decode(jpeg.info, options, orientation);
    if (!start(jpeg, components == 4 ? JCS_CMYK : JCS_RGB, columns)) return tl::unexpected(problem());

    Image image = picture_in(std::move(options.memory), jpeg.info.output_width, jpeg.info.output_height);
    std::vector<JSAMPLE> cmyk_row(components == 4 ? std::size_t{4} * jpeg.info.output_width : 0);
    const bool complete = read_rows(jpeg, image, components == 4 ? cmyk_row.data() : nullptr);
    if (!complete || jpeg.error.data_missing) return tl::unexpected(problem());
    return DecodedImage{std::move(image), orientation, columns.first, width - columns.end};
}

}  // namespace imnet

#endif  // IMNET_JPEG
