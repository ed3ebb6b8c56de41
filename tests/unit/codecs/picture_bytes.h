#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/image.h"

namespace imnet::test {

using Bytes = std::vector<std::byte>;

inline Bytes bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

inline Bytes read_bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return bytes_of(std::string(std::istreambuf_iterator<char>(file), {}));
}

inline std::filesystem::path golden_folder() { return std::filesystem::path(IMNET_GOLDEN) / "pixels"; }

/// A picture of tests/golden/pixels.
inline Bytes golden(std::string_view name) { return read_bytes(golden_folder() / name); }

/// A picture of tests/fuzz/corpus.
inline Bytes corpus(std::string_view target, std::string_view name) {
    return read_bytes(std::filesystem::path(IMNET_GOLDEN) / ".." / "fuzz" / "corpus" / target / name);
}

/// `count` bytes of `value` in little-endian order.
inline std::string little(std::uint64_t value, int count) {
    std::string out;
    for (int i = 0; i < count; ++i, value >>= 8) out.push_back(static_cast<char>(value));
    return out;
}

inline std::string big(std::uint64_t value, int count) {
    const std::string reversed = little(value, count);
    return {reversed.rbegin(), reversed.rend()};
}

/// The pixel as 0xRRGGBB.
inline int pixel(const Image& image, int x, int y) {
    const std::uint8_t* rgb = image.row(y) + std::ptrdiff_t{3} * x;
    return rgb[0] << 16 | rgb[1] << 8 | rgb[2];
}

}  // namespace imnet::test
