// Differs from Pillow: stb_image's DCT, upsampling and CMYK conversion round otherwise (0.03 levels on
// average, 12 at most), and arithmetic coding is refused. It reports success on files that are cut
// short, and writes past its Huffman tables when a file states too many codes, so both are looked at here.
#ifndef IMNET_JPEG

#include "codecs/jpeg.h"
#include "codecs/jpeg_pixels.h"
#include "codecs/orientation.h"
#include "codecs/stb.h"

namespace imnet {

const bool jpeg_pixels_are_exact = false;
const bool jpeg_has_options = false;

Expected<DecodedImage> decode_jpeg_pixels(std::span<const std::byte> bytes, const JpegMarkers& markers,
                                          const DecodeLimits& limits, JpegOptions) {
    if (!markers.ended) {
        return input_error(InputErrorKind::decode, "truncated JPEG: the end-of-image marker is missing");
    }
    if (!markers.huffman_tables_fit) {
        return input_error(InputErrorKind::decode, "damaged JPEG: its Huffman tables do not fit together");
    }
    auto image = decode_with_stb(bytes, "JPEG", limits);
    if (!image) return tl::unexpected(std::move(image.error()));
    return DecodedImage{std::move(*image), exif_orientation(markers.exif)};
}

}  // namespace imnet

#endif  // IMNET_JPEG
