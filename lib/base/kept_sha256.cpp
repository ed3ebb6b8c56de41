#include "base/kept_sha256.h"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "base/sha256.h"

namespace imnet {

std::filesystem::path kept_sha256_path(const std::filesystem::path& file) {
    return file.native() + ".sha256";
}

std::optional<std::string> read_kept_sha256(const std::filesystem::path& file) {
    const std::filesystem::path path = kept_sha256_path(file);
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        if (errno == ENOENT) return std::nullopt;
        throw ModelError(fmt::format("{}: {}", path.native(), std::generic_category().message(errno)));
    }
    std::string digits(64, '\0');
    in.read(digits.data(), static_cast<std::streamsize>(digits.size()));
    if (!in || !is_sha256(digits)) {
        throw ModelError(fmt::format(
            "{}: it does not hold the SHA-256 of the file beside it: delete both and download the file again",
            path.native()));
    }
    return digits;
}

void keep_sha256(const std::filesystem::path& file, const std::string& sha256) {
    OutputFile out(kept_sha256_path(file).native());
    out.write(fmt::format("{}  {}\n", sha256, file.filename().native()));
    out.commit();
}

}  // namespace imnet
