// libjpeg reports an error by calling error_exit, which must not return; it leaves by longjmp. A longjmp
// must not jump over destructors, so libjpeg is called only inside `attempt`, and what owns memory lives
// outside of it.
//
// Damage is treated as Pillow treats it: what libjpeg only warns of (bad Huffman codes, stray bytes, a marker
// in the middle of a scan) does not stop it, and the gap is filled; a file that ends early, or an error of
// libjpeg, does.
#include "codecs/jpeg.h"

#include <fmt/format.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <new>
#include <utility>

#include <jpeglib.h>

#include <jerror.h>

#include "codecs/damage.h"
#include "codecs/ink.h"
#include "codecs/jpeg_markers.h"
#include "codecs/picture_size.h"
#include "codecs/stated_orientation.h"

namespace imnet {
namespace {

// Each scan of a progressive file visits every block, and an empty scan takes a few bytes, so a file of some
// kilobytes could take hours to decode. Encoders write 6 to 14 scans, the most thorough about 70.
constexpr int most_scans = 100;

struct ErrorManager {
    jpeg_error_mgr base;  // first, so that libjpeg's pointer to it is a pointer to this
    std::jmp_buf escape;
    bool closes_file = false;  // where it ends early, as Pillow does with LOAD_TRUNCATED_IMAGES
    JDIMENSION rows_before_end = 0;
    bool ended = false;                  // the file, before libjpeg had all that it needs
    const char* first_damage = nullptr;  // that libjpeg went on after
    char message[JMSG_LENGTH_MAX] = "";
};

ErrorManager& errors(j_common_ptr info) { return *reinterpret_cast<ErrorManager*>(info->err); }

[[noreturn]] void leave(j_common_ptr info) {
    info->err->format_message(info, errors(info).message);
    std::longjmp(errors(info).escape, 1);
}

/// What a warning of libjpeg says about the pixels; null if it says nothing.
const char* damage_of(j_common_ptr info) {
    switch (info->err->msg_code) {
        case JWRN_HIT_MARKER: return "a part of its data is missing";
        case JWRN_HUFF_BAD_CODE:
        case JWRN_ARITH_BAD_CODE: return "a part of its data is no valid code";
        case JWRN_MUST_RESYNC: return "a restart marker is missing or out of order";
        case JWRN_BOGUS_PROGRESSION: return "its scans contradict each other";
        case JWRN_EXTRANEOUS_DATA:
            // Stray bytes between the segments of the header do no harm.
            return reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > 0
                       ? "there are stray bytes in its data"
                       : nullptr;
        default: return nullptr;
    }
}

void note_warning(j_common_ptr info, int level) {
    if (level < 0 && errors(info).first_damage == nullptr) errors(info).first_damage = damage_of(info);
}

boolean end_of_file(j_decompress_ptr info) {
    ErrorManager& manager = errors(reinterpret_cast<j_common_ptr>(info));
    if (!manager.ended) manager.rows_before_end = info->output_scanline;
    if (manager.ended || !manager.closes_file) {
        manager.ended = true;
        ERREXIT(info, JERR_INPUT_EOF);
    }
    manager.ended = true;
    static constexpr JOCTET end_of_image[2] = {0xFF, JPEG_EOI};
    info->src->next_input_byte = end_of_image;
    info->src->bytes_in_buffer = sizeof end_of_image;
    return TRUE;
}

void skip_bytes(j_decompress_ptr info, long count) {
    if (count <= 0) return;
    if (static_cast<std::size_t>(count) > info->src->bytes_in_buffer) {
        end_of_file(info);
        return;
    }
    info->src->next_input_byte += count;
    info->src->bytes_in_buffer -= static_cast<std::size_t>(count);
}

void nothing(j_decompress_ptr) {}

}  // namespace

/// Owns a decompressor that reads `bytes`.
class JpegDecompressor {
public:
    explicit JpegDecompressor(std::span<const std::byte> bytes) {
        info.err = jpeg_std_error(&error.base);
        error.base.error_exit = leave;
        error.base.emit_message = note_warning;
        error.base.output_message = [](j_common_ptr) {};
        source.next_input_byte = reinterpret_cast<const JOCTET*>(bytes.data());
        source.bytes_in_buffer = bytes.size();
        source.init_source = nothing;
        source.fill_input_buffer = end_of_file;
        source.skip_input_data = skip_bytes;
        source.resync_to_restart = jpeg_resync_to_restart;
        source.term_source = nothing;
    }
    ~JpegDecompressor() { jpeg_destroy_decompress(&info); }
    JpegDecompressor(const JpegDecompressor&) = delete;
    JpegDecompressor& operator=(const JpegDecompressor&) = delete;

    jpeg_decompress_struct info{};
    jpeg_source_mgr source{};
    ErrorManager error{};
};

namespace {

/// Runs `step`, which calls libjpeg and owns no memory. Returns whether it finished without an error.
template <typename Step>
bool attempt(JpegDecompressor& jpeg, Step step) {
    if (setjmp(jpeg.error.escape) != 0) return false;
    step(jpeg.info);
    return true;
}

bool read_header(JpegDecompressor& jpeg) {
    return attempt(jpeg, [&source = jpeg.source](jpeg_decompress_struct& info) {
        jpeg_create_decompress(&info);
        info.src = &source;
        jpeg_read_header(&info, TRUE);
    });
}

/// Sets the scale, which libjpeg reaches with a smaller DCT. The output size is known afterwards.
bool set_scale(JpegDecompressor& jpeg, int scale) {
    return attempt(jpeg, [scale](jpeg_decompress_struct& info) {
        info.scale_num = 1;
        info.scale_denom = static_cast<unsigned>(scale);
        jpeg_calc_output_dimensions(&info);
    });
}

/// A picture whose pixels are not set yet; it may use the memory of an earlier one.
Image picture_in(std::vector<std::uint8_t> memory, std::size_t width, std::size_t height) {
    const std::size_t size = width * height * 3;
    if (memory.capacity() < size) return blank_image(width, height);
    memory.resize(size);
    return {static_cast<int>(width), static_cast<int>(height), std::move(memory)};
}

/// The columns to decode: those that are needed, and their neighbours, because smooth upsampling looks at one
/// sample of a component on each side, which is at most four columns. All columns where little would be
/// saved, and at another scale than 1, where libjpeg-turbo is not exact at the edges for every subsampling.
ColumnRange columns_to_decode(const JpegPart& part, int width) {
    constexpr int neighbours = 16;
    const ColumnRange all{0, width};
    if (!part.columns || part.scale != 1) return all;
    const ColumnRange range{std::max(part.columns->first - neighbours, 0),
                            std::min(part.columns->end + neighbours, width)};
    return range.end - range.first < width - width / 16 ? range : all;
}

/// Whether libjpeg smooths the blocks of this picture, because no scan states their first coefficients in
/// full (Rec. ITU-T T.81, K.8). It then looks at up to two neighbours of a block, and takes the edge of what
/// it decodes for the edge of the picture. Known once the decoder has started, when all scans have been read.
bool smooths_blocks(const jpeg_decompress_struct& info) {
    constexpr int smoothed_coefficients = 10;
    if (!info.progressive_mode || !info.do_block_smoothing || info.coef_bits == nullptr) return false;
    for (int component = 0; component < info.num_components; ++component) {
        for (int i = 1; i < smoothed_coefficients; ++i) {
            if (info.coef_bits[component][i] != 0) return true;
        }
    }
    return false;
}

/// Starts decoding with at least these columns. libjpeg starts at the edge of a block; `columns` becomes what
/// it really decodes.
bool start(JpegDecompressor& jpeg, J_COLOR_SPACE color_space, ColumnRange& columns) {
    return attempt(jpeg, [color_space, &columns](jpeg_decompress_struct& info) {
        info.out_color_space = color_space;
        jpeg_start_decompress(&info);
        if (smooths_blocks(info)) columns = {0, static_cast<int>(info.output_width)};
        auto first = static_cast<JDIMENSION>(columns.first);
        JDIMENSION count = static_cast<JDIMENSION>(columns.end) - first;
        if (count < info.output_width) jpeg_crop_scanline(&info, &first, &count);
        columns = {static_cast<int>(first), static_cast<int>(first + count)};
    });
}

/// Reads all rows: [height, width, 3]. CMYK is converted row by row, with `cmyk_row` for one row of it.
bool read_rows(JpegDecompressor& jpeg, Image& image, JSAMPROW cmyk_row) {
    return attempt(jpeg, [&image, cmyk_row](jpeg_decompress_struct& info) {
        while (info.output_scanline < info.output_height) {
            std::uint8_t* rgb = image.row(static_cast<int>(info.output_scanline));
            JSAMPROW row = cmyk_row != nullptr ? cmyk_row : rgb;
            jpeg_read_scanlines(&info, &row, 1);
            if (cmyk_row == nullptr) continue;
            // Photoshop stores CMYK inverted (full ink is 0), and Pillow reads every file that way.
            for (JDIMENSION x = 0; x < info.output_width; ++x, rgb += 3) {
                for (int channel = 0; channel < 3; ++channel) {
                    const JSAMPLE* cmyk = cmyk_row + std::size_t{4} * x;
                    rgb[channel] = light_through_ink(static_cast<std::uint8_t>(255 - cmyk[channel]),
                                                     static_cast<std::uint8_t>(255 - cmyk[3]));
                }
            }
        }
    });
}

InputError failure(const JpegDecompressor& jpeg) {
    switch (jpeg.error.base.msg_code) {
        case JERR_OUT_OF_MEMORY: return memory_error();
        case JERR_SOF_UNSUPPORTED:
            if (jpeg.info.image_height != 0) break;  // a second one, in damaged data
            [[fallthrough]];
        case JERR_BAD_PRECISION:
        case JERR_BAD_J_COLORSPACE:
        case JERR_CONVERSION_NOTIMPL:
        case JERR_ARITH_NOTIMPL:
            return {InputErrorKind::format,
                    fmt::format("this kind of JPEG is not supported ({}): convert it to a "
                                "baseline JPEG or PNG",
                                jpeg.error.message)};
        default: break;
    }
    return {InputErrorKind::decode, fmt::format("damaged JPEG: {}", jpeg.error.message)};
}

InputError truncation(const JpegDecompressor& jpeg) {
    const jpeg_decompress_struct& info = jpeg.info;
    if (info.image_height == 0) return {InputErrorKind::decode, "truncated JPEG: its header is cut off"};
    const JDIMENSION rows = jpeg.error.rows_before_end;
    if (info.input_scan_number > 1 || rows == 0) {
        return {InputErrorKind::decode,
                fmt::format("truncated JPEG: its data ends in scan {}", std::max(info.input_scan_number, 1))};
    }
    return {InputErrorKind::decode, fmt::format("truncated JPEG: {} of {} rows", rows, info.output_height)};
}

InputError problem(const JpegDecompressor& jpeg) {
    return jpeg.error.ended ? truncation(jpeg) : failure(jpeg);
}

/// Makes the rows that were not read what Pillow's new pictures are: black, and of CMYK without ink.
void blank_missing_rows(const JpegDecompressor& jpeg, Image& image) {
    const auto first =
        image.rgb.begin() + static_cast<std::ptrdiff_t>(jpeg.info.output_scanline) * image.width * 3;
    std::fill(first, image.rgb.end(), jpeg.info.num_components == 4 ? std::uint8_t{255} : std::uint8_t{0});
}

}  // namespace

JpegFile::JpegFile(std::unique_ptr<JpegDecompressor> decompressor, int orientation,
                   const DecodeLimits& limits)
    : decompressor_(std::move(decompressor)), orientation_(orientation), limits_(limits) {}
JpegFile::JpegFile(JpegFile&& other) noexcept = default;
JpegFile& JpegFile::operator=(JpegFile&& other) noexcept = default;
JpegFile::~JpegFile() = default;

int JpegFile::width() const { return static_cast<int>(decompressor_->info.image_width); }

int JpegFile::height() const { return static_cast<int>(decompressor_->info.image_height); }

Expected<JpegFile> JpegFile::open(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    const JpegMarkers markers = read_jpeg_markers(bytes);
    if (markers.scans > most_scans) {
        return input_error(InputErrorKind::limits, fmt::format("JPEG of {} scans is over the limit of {}",
                                                               markers.scans, most_scans));
    }
    auto jpeg = std::make_unique<JpegDecompressor>(bytes);
    jpeg->error.closes_file = limits.damage == DamagePolicy::keep;
    if (!read_header(*jpeg)) return tl::unexpected(problem(*jpeg));
    const int components = jpeg->info.num_components;
    if (components != 1 && components != 3 && components != 4) {
        return input_error(InputErrorKind::format,
                           fmt::format("JPEG of {} components is not supported", components));
    }
    if (auto error = size_error(jpeg->info.image_width, jpeg->info.image_height, limits)) {
        return tl::unexpected(std::move(*error));
    }
    return JpegFile(std::move(jpeg), stated_orientation(markers.exif, markers.xmp), limits);
}

Expected<DecodedImage> JpegFile::decode(const JpegPart& part, std::vector<std::uint8_t> memory) try {
    JpegDecompressor& jpeg = *decompressor_;
    if (!set_scale(jpeg, part.scale)) return tl::unexpected(failure(jpeg));
    const int width = static_cast<int>(jpeg.info.output_width);
    const bool cmyk = jpeg.info.num_components == 4;
    ColumnRange columns = columns_to_decode(part, width);
    const bool started = start(jpeg, cmyk ? JCS_CMYK : JCS_RGB, columns);
    if (!started) columns = {0, width};

    Image image = picture_in(std::move(memory), static_cast<std::size_t>(columns.end - columns.first),
                             jpeg.info.output_height);
    std::vector<JSAMPLE> cmyk_row(cmyk ? std::size_t{4} * jpeg.info.output_width : 0);
    const bool complete = started && read_rows(jpeg, image, cmyk ? cmyk_row.data() : nullptr);
    DecodedImage decoded{std::move(image), orientation_, columns.first, width - columns.end};
    if (!complete || jpeg.error.ended) {
        InputError error = problem(jpeg);
        const bool unsupported = error.kind == InputErrorKind::format && !started;
        if (unsupported || error.kind == InputErrorKind::limits) return tl::unexpected(std::move(error));
        blank_missing_rows(jpeg, decoded.image);
        decoded.damage = Damage{std::move(error.message)};
    } else if (jpeg.error.first_damage != nullptr) {
        decoded.damage = Damage{fmt::format("damaged JPEG: {}", jpeg.error.first_damage), true};
    }
    return judged(std::move(decoded), limits_.damage);
} catch (const std::bad_alloc&) {
    return tl::unexpected(memory_error());
}

Expected<DecodedImage> decode_jpeg(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    auto jpeg = JpegFile::open(bytes, limits);
    if (!jpeg) return tl::unexpected(std::move(jpeg.error()));
    return jpeg->decode();
}

int jpeg_draft_scale(int width, int height, int short_side) {
    if (short_side <= 0) return 1;
    const int whole = std::min(width, height);
    for (const int scale : {8, 4, 2}) {
        if (whole / scale + (whole % scale != 0 ? 1 : 0) >= short_side) return scale;
    }
    return 1;
}

}  // namespace imnet
