#include "models/bundled_model.h"

#include <system_error>

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet {

std::filesystem::path bundled_checkpoint() {
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
    const std::filesystem::path path =
        (program.parent_path() / IMNET_DATA_FROM_BIN / "starter.safetensors").lexically_normal();
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
    throw ModelError(
        fmt::format("{}: the model '{}' is not installed beside this program: install all of imnet, or copy "
                    "weights/starter.safetensors of its source there",
                    path.native(), bundled_model));
}

}  // namespace imnet
