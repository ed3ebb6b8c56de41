#include "images/jpeg.h"

#include <fmt/format.h>

#include <algorithm>

#include "images/jpeg_markers.h"
#include "images/jpeg_pixels.h"
#include "images/orientation.h"

namespace imnet {
namespace {

// Each scan of a progressive file visits every block, and an empty one costs a few bytes, so a file of
// some kilobytes could ask for hours. Encoders write 6 to 14 scans, the most thorough about 70.
constexpr int most_scans = 100;

}  // namespace

Expected<DecodedImage> decode_jpeg(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    const JpegMarkers markers = read_jpeg_markers(bytes);
    if (markers.scans > most_scans) {
        return input_error(InputErrorKind::limits, fmt::format("JPEG of {} scans is over the limit of {}",
                                                               markers.scans, most_scans));
    }
    Expected<Image> image = decode_jpeg_pixels(bytes, markers, limits);
    if (!image) return tl::unexpected(std::move(image.error()));
    return DecodedImage{std::move(*image), exif_orientation(markers.exif)};
}

}  // namespace imnet
