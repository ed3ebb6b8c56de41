#include "preprocess/decode_needed.h"

#include <utility>

#include "codecs/decode.h"
#include "codecs/jpeg.h"
#include "codecs/sniff.h"

namespace imnet {

Expected<DecodedImage> decode_needed(std::span<const std::byte> bytes, const Preprocessor& preprocessor,
                                     const DecodeLimits& limits, int draft_side,
                                     std::vector<std::uint8_t> memory) {
    if (sniff(bytes) != PictureFormat::jpeg) return decode(bytes, limits);
    auto jpeg = JpegFile::open(bytes, limits);
    if (!jpeg) return tl::unexpected(std::move(jpeg.error()));
    const int scale = preprocessor.draft_scale(jpeg->width(), jpeg->height(), draft_side);
    const ColumnRange columns =
        preprocessor.columns_needed(jpeg->width(), jpeg->height(), jpeg->orientation());
    return jpeg->decode({scale, columns}, std::move(memory));
}

}  // namespace imnet
