#include "preprocess/read_picture.h"

#include <new>
#include <utility>

#include "codecs/decode.h"
#include "codecs/orientation.h"
#include "codecs/picture_size.h"
#include "codecs/sniff.h"
#include "inputs/read_file.h"
#include "preprocess/damaged_pictures.h"

namespace imnet {

Expected<Image> read_picture(Input& input, const DecodeLimits& limits) try {
    const auto bytes = read_file(input, refusal_of);
    if (!bytes) return tl::unexpected(bytes.error());
    auto decoded = decode(*bytes, limits);
    if (!decoded) return tl::unexpected(std::move(decoded.error()));
    if (decoded->damage) note_damaged_picture(input.path);
    return orient(std::move(decoded->image), decoded->orientation);
} catch (const std::bad_alloc&) {
    return tl::unexpected(memory_error());
}

}  // namespace imnet
