// For libwebp's demuxer a still WebP file is an animation of one frame, so both are decoded alike.
#include "codecs/webp.h"

#ifdef IMNET_WEBP

#include <webp/decode.h>
#include <webp/demux.h>

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "codecs/picture_size.h"
#include "codecs/stated_orientation.h"

namespace imnet {
namespace {

struct DeleteDemuxer {
    void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};
using Demuxer = std::unique_ptr<WebPDemuxer, DeleteDemuxer>;

/// A frame of the file. The demuxer owns the data that it points to.
class Frame {
public:
    Frame(const WebPDemuxer* demuxer, int number)
        : valid_(WebPDemuxGetFrame(demuxer, number, &iterator_) != 0) {}
    ~Frame() { WebPDemuxReleaseIterator(&iterator_); }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;

    bool valid() const { return valid_; }
    const WebPIterator& operator*() const { return iterator_; }
    const WebPIterator* operator->() const { return &iterator_; }

private:
    WebPIterator iterator_{};
    bool valid_;
};

/// A chunk that the demuxer owns; empty without one.
class Chunk {
public:
    Chunk(const WebPDemuxer* demuxer, const char* name) { WebPDemuxGetChunk(demuxer, name, 1, &iterator_); }
    ~Chunk() { WebPDemuxReleaseChunkIterator(&iterator_); }
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;

    std::span<const std::byte> bytes() const {
        return std::as_bytes(std::span(iterator_.chunk.bytes, iterator_.chunk.size));
    }

private:
    WebPChunkIterator iterator_{};
};

int read_orientation(const WebPDemuxer* demuxer) {
    return stated_orientation(Chunk(demuxer, "EXIF").bytes(), as_text(Chunk(demuxer, "XMP ").bytes()));
}

tl::unexpected<InputError> damaged(std::string_view what) {
    return input_error(InputErrorKind::decode, fmt::format("damaged WebP: {}", what));
}

/// Decodes the frame into its place on the canvas.
VP8StatusCode draw(const Frame& frame, Image& canvas) {
    WebPDecoderConfig config;
    if (WebPInitDecoderConfig(&config) == 0) return VP8_STATUS_INVALID_PARAM;
    const std::size_t offset =
        (static_cast<std::size_t>(frame->y_offset) * canvas.width + frame->x_offset) * 3;
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = canvas.rgb.data() + offset;
    config.output.u.RGBA.stride = canvas.width * 3;
    config.output.u.RGBA.size = canvas.rgb.size() - offset;
    return WebPDecode(frame->fragment.bytes, frame->fragment.size, &config);
}

}  // namespace

Expected<DecodedImage> decode_webp(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    const WebPData data{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
    const Demuxer demuxer(WebPDemuxPartial(&data, &state));
    if (state == WEBP_DEMUX_PARSING_HEADER || state == WEBP_DEMUX_PARSED_HEADER) {
        return input_error(InputErrorKind::decode, "truncated WebP: it is shorter than it states");
    }
    if (!demuxer || state != WEBP_DEMUX_DONE) return damaged("its parts do not fit together");
    const std::uint32_t width = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH);
    const std::uint32_t height = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT);
    if (auto error = size_error(width, height, limits)) return tl::unexpected(std::move(*error));

    const Frame frame(demuxer.get(), 1);
    if (!frame.valid()) return damaged("it holds no frame");
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(frame->fragment.bytes, frame->fragment.size, &features) != VP8_STATUS_OK) {
        return damaged("its first frame has no valid header");
    }
    const auto fits = [](int offset, int length, std::uint32_t side) {
        return offset >= 0 && length > 0 && static_cast<std::uint64_t>(offset) + length <= side;
    };
    if (!fits(frame->x_offset, features.width, width) || !fits(frame->y_offset, features.height, height)) {
        return damaged("its first frame lies outside the canvas");
    }
    DecodedImage decoded{blank_image(width, height), read_orientation(demuxer.get())};
    switch (draw(frame, decoded.image)) {
        case VP8_STATUS_OK: return decoded;
        case VP8_STATUS_OUT_OF_MEMORY:
            return input_error(InputErrorKind::limits, "not enough memory to decode this WebP");
        case VP8_STATUS_NOT_ENOUGH_DATA:
        case VP8_STATUS_SUSPENDED:
            return input_error(InputErrorKind::decode, "truncated WebP: its first frame is cut short");
        default: return damaged("its first frame cannot be decoded");
    }
}

}  // namespace imnet

#else

namespace imnet {

Expected<DecodedImage> decode_webp(std::span<const std::byte>, const DecodeLimits&) {
    return input_error(
        InputErrorKind::format,
        "this is a WebP picture, and this build does not read WebP: convert it to PNG or JPEG, or "
        "build with -D IMNET_WEBP=ON");
}

}  // namespace imnet

#endif
