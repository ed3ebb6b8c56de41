#include "preprocess/pixel_loader.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "codecs/sniff.h"
#include "inputs/read_file.h"
#include "preprocess/damaged_pictures.h"
#include "preprocess/decode_needed.h"

namespace imnet {
namespace {

// The memory of a picture of more than 40 megapixels is not kept: few pictures are so large.
constexpr std::size_t most_kept = 120'000'000;

// Standard input and pipes cannot be read twice.
bool comes_once(const Input& input) {
    if (input.bytes) return true;
    std::error_code ignored;
    return input.named && (input.path == "-" || !std::filesystem::is_regular_file(input.path, ignored));
}

}  // namespace

PixelLoader::PixelLoader(const Preprocessing& preprocessing, PixelFormat format, const DecodeLimits& limits,
                         bool draft)
    : preprocessor_(preprocessing, format),
      limits_(limits),
      draft_side_(draft ? 2 * preprocessing.short_side : 0) {}

Expected<Loaded> PixelLoader::load(Input& input, std::span<std::byte> pixels) {
    const bool once = comes_once(input);
    auto bytes = read_file(input, refusal_of);
    if (!bytes) return tl::unexpected(std::move(bytes.error()));
    if (once) input.bytes = std::move(*bytes);
    auto decoded = decode_needed(once ? *input.bytes : *bytes, preprocessor_, limits_, draft_side_,
                                 std::exchange(memory_, {}));
    if (!decoded) return tl::unexpected(std::move(decoded.error()));
    preprocessor_.preprocess(*decoded, pixels);
    if (decoded->image.rgb.size() <= most_kept) memory_ = std::move(decoded->image.rgb);
    if (!decoded->damage) return Loaded{};
    note_damaged_picture(input.path);
    return Loaded{std::move(decoded->damage->message)};
}

}  // namespace imnet
