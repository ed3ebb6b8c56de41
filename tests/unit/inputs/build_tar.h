#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace imnet::test {

/// A header of tar (ustar): `size` bytes of data are to follow, whatever really does.
inline std::string tar_header(std::string_view name, std::uint64_t size, char type = '0') {
    std::string header(512, '\0');
    const auto put = [&](std::size_t offset, std::string_view text) {
        header.replace(offset, text.size(), text);
    };
    char digits[16];
    put(0, name);
    put(100, "0000644");
    std::snprintf(digits, sizeof digits, "%011llo", static_cast<unsigned long long>(size));
    put(124, digits);
    header[156] = type;
    if (type == '1' || type == '2') put(157, "target.jpg");
    put(257, std::string_view("ustar\0"
                              "00",
                              8));
    put(148, "        ");
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    std::snprintf(digits, sizeof digits, "%06o", sum);
    put(148, std::string_view(digits, 7));
    return header;
}

/// A member of a tar: its header and its data in whole blocks.
inline std::string tar_member(std::string_view name, std::string_view data, char type = '0') {
    std::string member = tar_header(name, data.size(), type) + std::string(data);
    member.resize((member.size() + 511) / 512 * 512);
    return member;
}

/// What ends a tar.
inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace imnet::test
