#include "base/named_descriptor.h"

#include <charconv>
#include <string>
#include <system_error>

namespace imnet {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;  // the limit of Linux

std::optional<int> number_of(const std::string& name) {
    int number = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool whole = error == std::errc{} && end == name.data() + name.size() && number >= 0;
    return whole ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<int> named_descriptor(fs::path path) {
    std::error_code error;
    const fs::path open_files = fs::canonical("/proc/self/fd", error);
    if (error) return std::nullopt;
    // One link after the other: the last one leads to the file itself, whose path does not say how it is
    // open.
    for (int links = 0; links < most_links; ++links) {
        const fs::path folder = fs::canonical(path.has_parent_path() ? path.parent_path() : ".", error);
        if (error) return std::nullopt;
        if (folder == open_files) return number_of(path.filename().native());
        const fs::path target = fs::read_symlink(folder / path.filename(), error);
        if (error) return std::nullopt;
        path = folder / target;
    }
    return std::nullopt;
}

}  // namespace imnet
