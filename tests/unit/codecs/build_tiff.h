#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "picture_bytes.h"

namespace imnet::test {

using TiffTags = std::map<std::uint16_t, std::vector<std::uint32_t>>;

/// A little-endian TIFF file: the header, `pixels` at offset 8, and a directory of these tags. All values are
/// 32-bit numbers.
inline Bytes build_tiff(const TiffTags& tags, const std::string& pixels) {
    const std::size_t directory = 8 + pixels.size();
    std::string entries, lists;
    for (const auto& [tag, values] : tags) {
        const std::size_t place = directory + 2 + 12 * tags.size() + 4 + lists.size();
        entries += little(tag, 2) + little(4, 2) + little(values.size(), 4);
        entries += little(values.size() == 1 ? values[0] : place, 4);
        if (values.size() == 1) continue;
        for (const std::uint32_t value : values) lists += little(value, 4);
    }
    return bytes_of("II*" + std::string(1, '\0') + little(directory, 4) + pixels + little(tags.size(), 2) +
                    entries + little(0, 4) + lists);
}

/// The tags of an uncompressed picture in one strip at offset 8, three bytes for each pixel.
inline TiffTags rgb_tags(std::uint32_t width, std::uint32_t height) {
    return {{256, {width}}, {257, {height}}, {258, {8, 8, 8}},           {259, {1}}, {262, {2}}, {273, {8}},
            {277, {3}},     {278, {height}}, {279, {width * height * 3}}};
}

}  // namespace imnet::test
