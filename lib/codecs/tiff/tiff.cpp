// A TIFF file is a chain of directories, one for each page. A directory is a list of tags, which say how the
// pixels are stored: in strips or in tiles, compressed in one of many ways. libtiff reads the first directory
// and decompresses; here its samples become RGB as Pillow makes it. As in PNG, alpha is dropped, 16-bit
// colours keep their high byte, and greys of more than 8 bits are clipped to 255.
//
// Refused: layouts that Pillow does not read, and tiles so much larger than the picture that decoding them
// would take far longer than the picture's size suggests.
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include <fmt/format.h>
#include <tiffio.h>

#include "base/loaded_module.h"
#include "codecs/codec.h"
#include "codecs/module.h"
#include "codecs/picture_size.h"
#include "codecs/tiff/layout.h"
#include "codecs/tiff/rows.h"

namespace imnet {
namespace {

/// The file in memory, as libtiff reads it, and the first error that libtiff states.
struct Source {
    std::span<const std::byte> bytes;
    std::uint64_t position = 0;
    std::string error;
};

Source& source_of(thandle_t handle) { return *static_cast<Source*>(handle); }

tmsize_t read_source(thandle_t handle, void* out, tmsize_t size) {
    Source& source = source_of(handle);
    const std::uint64_t left =
        source.bytes.size() - std::min<std::uint64_t>(source.position, source.bytes.size());
    const auto count = std::min(static_cast<std::uint64_t>(size), left);
    std::memcpy(out, source.bytes.data() + (source.bytes.size() - left), count);
    source.position += count;
    return static_cast<tmsize_t>(count);
}

tmsize_t write_nothing(thandle_t, void*, tmsize_t) { return 0; }

toff_t seek_source(thandle_t handle, toff_t offset, int from) {
    Source& source = source_of(handle);
    if (from == SEEK_CUR) offset += source.position;
    if (from == SEEK_END) offset += source.bytes.size();
    return source.position = offset;
}

int close_nothing(thandle_t) { return 0; }
toff_t size_of_source(thandle_t handle) { return source_of(handle).bytes.size(); }

// libtiff reads straight from the bytes and never writes to them.
int map_source(thandle_t handle, void** base, toff_t* size) {
    *base = const_cast<std::byte*>(source_of(handle).bytes.data());
    *size = source_of(handle).bytes.size();
    return 1;
}

void unmap_nothing(thandle_t, void*, toff_t) {}

// Both return 1: libtiff shall not print the message besides.
int keep_error(TIFF*, void* source, const char*, const char* format, va_list arguments) {
    char message[200] = "";
    std::vsnprintf(message, sizeof message, format, arguments);
    std::string& error = static_cast<Source*>(source)->error;
    if (error.empty()) error = message;
    return 1;
}

int ignore_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

struct CloseTiff {
    void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using Tiff = std::unique_ptr<TIFF, CloseTiff>;

Tiff open(Source& source) {
    const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                   TIFFOpenOptionsFree);
    if (options == nullptr) throw std::bad_alloc();
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_error, &source);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), ignore_warning, nullptr);
    return Tiff(TIFFClientOpenExt("", "r", &source, read_source, write_nothing, seek_source, close_nothing,
                                  size_of_source, map_source, unmap_nothing, options.get()));
}

tl::unexpected<InputError> damaged(const Source& source) {
    return input_error(InputErrorKind::decode,
                       fmt::format("damaged TIFF: {}",
                                   source.error.empty() ? "its pixels cannot be decoded" : source.error));
}

/// A strip, or a tile.
struct Block {
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    bool tiled = false;
};

Block block_of(TIFF* tiff, const Image& image) {
    const auto height = static_cast<std::uint64_t>(image.height);
    std::uint32_t width = 0, rows = 0;
    if (TIFFIsTiled(tiff) != 0) {
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &rows);
        return {width, rows, true};
    }
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    return {static_cast<std::uint64_t>(image.width),
            rows == 0 ? height : std::min<std::uint64_t>(rows, height)};
}

std::uint64_t rounded_up(int size, std::uint64_t step) {
    return (static_cast<std::uint64_t>(size) + step - 1) / step * step;
}

/// Tiles may stand out over the right and lower side; those of real pictures do so by less than a tile.
std::optional<InputError> block_error(const Block& block, const Image& image) {
    constexpr std::uint64_t small = std::uint64_t{1} << 24;
    if (block.width == 0 || block.height == 0) {
        return InputError{InputErrorKind::decode, "damaged TIFF: its tiles have no size"};
    }
    const std::uint64_t across = rounded_up(image.width, block.width);
    const std::uint64_t down = rounded_up(image.height, block.height);
    const std::uint64_t allowed = small + 4 * static_cast<std::uint64_t>(image.width) * image.height;
    if (across > allowed || down > allowed / across) {
        return InputError{InputErrorKind::limits,
                          fmt::format("tiles of {}×{} are too large for a picture of {}×{}", block.width,
                                      block.height, image.width, image.height)};
    }
    return std::nullopt;
}

/// Decodes block after block of samples and turns them into RGB.
class Blocks {
public:
    Blocks(TIFF* tiff, const TiffLayout& layout, Image& image, const Block& block)
        : tiff_(tiff),
          layout_(layout),
          image_(image),
          block_(block),
          planes_(layout.planes_apart ? static_cast<std::size_t>(layout.samples) : 1),
          row_bytes_(bytes_of_row(layout, block.width, layout.samples / planes_)),
          size_(static_cast<std::size_t>(row_bytes_ * block.height)) {}

    /// Whether libtiff counts the same bytes for a block.
    bool fit() const {
        const auto stated = block_.tiled ? TIFFTileSize64(tiff_) : TIFFStripSize64(tiff_);
        return stated == size_ && row_bytes_ > 0;
    }

    bool read_all() {
        memory_.resize(size_ * planes_);
        scratch_.resize(static_cast<std::size_t>(block_.width) * static_cast<std::size_t>(layout_.samples));
        if (planes_ > 1) row_.resize(static_cast<std::size_t>(row_bytes_) * planes_);
        for (std::uint64_t y = 0; y < static_cast<std::uint64_t>(image_.height); y += block_.height) {
            for (std::uint64_t x = 0; x < static_cast<std::uint64_t>(image_.width); x += block_.width) {
                if (!read_block(x, y)) return false;
                draw_block(x, y);
            }
        }
        return true;
    }

private:
    bool read_block(std::uint64_t x, std::uint64_t y) {
        const std::uint64_t rows = block_.tiled ? block_.height : rows_from(y);
        const auto wanted = static_cast<tmsize_t>(row_bytes_ * rows);
        for (std::size_t plane = 0; plane < planes_; ++plane) {
            std::byte* out = memory_.data() + size_ * plane;
            const auto sample = static_cast<std::uint16_t>(plane);
            const auto column = static_cast<std::uint32_t>(x), row = static_cast<std::uint32_t>(y);
            const tmsize_t read =
                block_.tiled
                    ? TIFFReadEncodedTile(tiff_, TIFFComputeTile(tiff_, column, row, 0, sample), out, wanted)
                    : TIFFReadEncodedStrip(tiff_, TIFFComputeStrip(tiff_, row, sample), out, wanted);
            if (read != wanted) return false;
        }
        return true;
    }

    std::uint64_t rows_from(std::uint64_t y) const {
        return std::min(block_.height, static_cast<std::uint64_t>(image_.height) - y);
    }

    void draw_block(std::uint64_t x, std::uint64_t y) {
        const std::uint64_t pixels = std::min(block_.width, static_cast<std::uint64_t>(image_.width) - x);
        for (std::uint64_t row = 0; row < rows_from(y); ++row) {
            const std::byte* samples = memory_.data() + row * row_bytes_;
            if (planes_ > 1) samples = joined(samples, static_cast<std::size_t>(pixels));
            rgb_from_samples(layout_, samples, static_cast<std::size_t>(pixels), scratch_,
                             image_.row(static_cast<int>(y + row)) + x * 3);
        }
    }

    /// A row of all planes, pixel by pixel.
    const std::byte* joined(const std::byte* first_plane, std::size_t pixels) {
        const auto bytes = static_cast<std::size_t>(layout_.bits) / 8;
        std::byte* out = row_.data();
        for (std::size_t i = 0; i < pixels; ++i) {
            for (std::size_t plane = 0; plane < planes_; ++plane) {
                out = std::copy_n(first_plane + size_ * plane + i * bytes, bytes, out);
            }
        }
        return row_.data();
    }

    TIFF* tiff_;
    const TiffLayout& layout_;
    Image& image_;
    Block block_;
    std::size_t planes_;
    std::uint64_t row_bytes_;
    std::size_t size_;
    std::vector<std::byte> memory_, row_;
    std::vector<std::uint8_t> scratch_;
};

/// YCbCr whose colours may be stored at a fraction of the size: libtiff makes RGB of it, block by block.
bool read_by_libtiff(TIFF* tiff, Image& image, const Block& block, Source& source) {
    char message[1024] = "";
    TIFFRGBAImage picture;
    if (TIFFRGBAImageOK(tiff, message) != 1 || TIFFRGBAImageBegin(&picture, tiff, 1, message) != 1) {
        if (source.error.empty()) source.error = message;
        return false;
    }
    const std::unique_ptr<TIFFRGBAImage, decltype(&TIFFRGBAImageEnd)> ended(&picture, TIFFRGBAImageEnd);
    picture.req_orientation = picture.orientation;  // as stored; the picture is turned later
    const auto height = static_cast<std::uint64_t>(image.height);
    const std::uint64_t rows = std::min(block.height, height);
    std::vector<std::uint32_t> raster(static_cast<std::size_t>(image.width * rows));
    for (std::uint64_t y = 0; y < height; y += rows) {
        const auto count = static_cast<std::uint32_t>(std::min(rows, height - y));
        picture.row_offset = static_cast<int>(y);
        if (TIFFRGBAImageGet(&picture, raster.data(), static_cast<std::uint32_t>(image.width), count) != 1) {
            return false;
        }
        std::uint8_t* out = image.row(static_cast<int>(y));
        const std::uint32_t* in = raster.data();
        for (std::uint64_t i = static_cast<std::uint64_t>(image.width) * count; i > 0; --i, ++in, out += 3) {
            out[0] = static_cast<std::uint8_t>(TIFFGetR(*in));
            out[1] = static_cast<std::uint8_t>(TIFFGetG(*in));
            out[2] = static_cast<std::uint8_t>(TIFFGetB(*in));
        }
    }
    return true;
}

Expected<DecodedImage> decode_tiff(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    Source source{bytes, 0, {}};
    const Tiff tiff = open(source);
    if (!tiff) return damaged(source);
    std::uint32_t width = 0, height = 0;
    TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height);
    const auto layout = read_layout(tiff.get());
    if (!layout) return tl::unexpected(layout.error());
    if (auto error = size_error(width, height, limits)) return tl::unexpected(std::move(*error));

    Image image{static_cast<int>(width), static_cast<int>(height), {}};
    const Block block = block_of(tiff.get(), image);
    if (auto error = block_error(block, image)) return tl::unexpected(std::move(*error));
    Blocks blocks(tiff.get(), *layout, image, block);
    const bool by_libtiff = layout->color == TiffColor::rgb_by_libtiff;
    if (!by_libtiff && !blocks.fit()) {
        return input_error(InputErrorKind::decode, "damaged TIFF: its tags do not fit together");
    }
    image.rgb.resize(static_cast<std::size_t>(width) * height * 3);
    source.error.clear();
    if (!(by_libtiff ? read_by_libtiff(tiff.get(), image, block, source) : blocks.read_all())) {
        return damaged(source);
    }
    std::uint16_t orientation = 1;
    TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_ORIENTATION, &orientation);
    return DecodedImage{std::move(image), orientation >= 1 && orientation <= 8 ? orientation : 1};
}

}  // namespace

IMNET_MODULE_FUNCTION void imnet_decode_picture(std::span<const std::byte> bytes, const DecodeLimits& limits,
                                                Expected<DecodedImage>& result) {
    result = decode_tiff(bytes, limits);
}

}  // namespace imnet
