// Tar archives, member by member.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace imnet::build {

/// A header block and the content, filled up to whole blocks.
inline std::string tar_member(std::string_view name, std::string_view content, char type = '0',
                              std::string_view size_field = {}) {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, std::string_view text) { header.replace(at, text.size(), text); };
    put(0, name);
    put(124, size_field.empty() ? fmt::format("{:011o}", content.size()) : std::string(size_field));
    put(148, "        ");
    header[156] = type;
    put(257, std::string_view("ustar\00000", 8));
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum));
    header[154] = '\0';
    header += content;
    header.resize((header.size() + 511) / 512 * 512);
    return header;
}

/// The blocks of zeros that end an archive.
inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace imnet::build
