#include "codecs/jpeg.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codecs/jpeg_markers.h"
#include "codecs/jpeg_pixels.h"

namespace imnet {
namespace {

// Each scan of a progressive file visits every block, and an empty one costs a few bytes, so a file of
// some kilobytes could ask for hours. Encoders write 6 to 14 scans, the most thorough about 70.
constexpr int most_scans = 100;

}  // namespace

int jpeg_draft_scale(std::uint32_t width, std::uint32_t height, int short_side) {
    if (short_side <= 0) return 1;
    const std::uint64_t whole = std::min(width, height);
    for (const int scale : {8, 4, 2}) {
        if ((whole + scale - 1) / scale >= static_cast<std::uint64_t>(short_side)) return scale;
    }
    return 1;
}

Expected<DecodedImage> decode_jpeg(std::span<const std::byte> bytes, const DecodeLimits& limits,
                                   JpegOptions options) {
    const JpegMarkers markers = read_jpeg_markers(bytes);
    if (markers.scans > most_scans) {
        return input_error(InputErrorKind::limits, fmt::format("JPEG of {} scans is over the limit of {}",
                                                               markers.scans, most_scans));
    }
    return decode_jpeg_pixels(bytes, markers, limits, std::move(options));
}

}  // namespace imnet
