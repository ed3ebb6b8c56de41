#include "models/bundled_model.h"

#include <string>
#include <system_error>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/mapped_file.h"
#include "base/sha256.h"

namespace imnet {

namespace fs = std::filesystem;

const std::string_view bundled_sha256 = IMNET_BUNDLED_SHA256;

fs::path bundled_checkpoint_place() {
    const fs::path program = fs::read_symlink("/proc/self/exe");
    return (program.parent_path() / IMNET_DATA_FROM_BIN / IMNET_BUNDLED_FILE).lexically_normal();
}

std::optional<fs::path> find_bundled_checkpoint() {
    fs::path place = bundled_checkpoint_place();
    std::error_code ignored;
    if (!fs::exists(place, ignored)) return std::nullopt;
    return place;
}

bool is_bundled(const PublishedWeights& weights) { return weights.model == bundled_model; }

bool is_bundled_checkpoint(const fs::path& path) { return path == bundled_checkpoint_place(); }

void check_bundled_checkpoint(const fs::path& path) try {
    const std::string found = sha256(MappedFile(path).bytes());
    if (found == bundled_sha256) return;
    throw ModelError(fmt::format(
        "{}: it is not the file that comes with imnet: expected SHA-256 {}, found {}: install imnet "
        "again",
        path.native(), bundled_sha256, found));
} catch (const std::system_error& error) {
    throw ModelError(
        fmt::format("{}: cannot read the checkpoint: {}", path.native(), error.code().message()));
}

}  // namespace imnet
