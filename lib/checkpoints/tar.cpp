#include "checkpoints/tar.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "base/bytes.h"
#include "checkpoints/refusals.h"

namespace imnet {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t block = 512;
constexpr std::size_t most_members = 1000;

/// An octal field, which spaces or NULs may follow; empty where it holds anything else.
std::optional<std::uint64_t> octal(std::string_view field) {
    std::uint64_t value = 0;
    std::size_t i = 0;
    for (; i < field.size() && field[i] >= '0' && field[i] <= '7'; ++i) {
        if (value >> 60 != 0) return std::nullopt;
        value = value * 8 + static_cast<std::uint64_t>(field[i] - '0');
    }
    const bool rest_is_empty =
        field.find_first_not_of(std::string_view(" \0", 2), i) == std::string_view::npos;
    return i > 0 && rest_is_empty ? std::optional(value) : std::nullopt;
}

/// The sum of all bytes, those of the sum itself counted as spaces.
bool checksum_holds(Bytes header) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block; ++i) {
        sum += i >= 148 && i < 156 ? ' ' : std::to_integer<std::uint64_t>(header[i]);
    }
    return octal(as_text(header.subspan(148, 8))) == sum;
}

/// PAX records are `LENGTH KEY=VALUE\n`; keys of times and owners change nothing here.
void check_pax(std::string_view records) {
    for (const std::string_view key : {" path=", " linkpath=", " size=", " GNU.sparse"}) {
        if (records.find(key) != std::string_view::npos) {
            refuse(
                "a PAX header of the tar archive changes a path or size, which PyTorch never did: refused");
        }
    }
}

}  // namespace

bool is_tar(Bytes file) {
    return file.size() >= block && as_text(file.subspan(257, 5)) == "ustar" && checksum_holds(file);
}

std::map<std::string_view, Bytes> read_tar(Bytes file) {
    std::map<std::string_view, Bytes> members;
    for (;;) {
        if (file.size() < block) refuse("the tar archive is cut: copy or download it again");
        const Bytes header = file.first(block);
        if (header[0] == std::byte{0}) return members;  // a block of zeros ends the archive
        const std::string_view field = as_text(header.first(100));
        const std::string_view name = field.substr(0, field.find('\0'));
        if (!checksum_holds(header)) refuse("a header of the tar archive is damaged");
        const auto size = octal(as_text(header.subspan(124, 12)));
        if (!size) refuse(fmt::format("the tar member {} has no size", in_quotes(name)));
        file = file.subspan(block);
        if (*size > file.size()) refuse("the tar archive is cut: copy or download it again");
        const Bytes content = file.first(*size);
        const char type = static_cast<char>(header[156]);
        if (type == 'x' || type == 'g') {
            check_pax(as_text(content));
        } else if (type != '0' && type != '\0') {
            refuse(fmt::format("the tar member {} is a link or device, which PyTorch never wrote: refused",
                               in_quotes(name)));
        } else if (members.size() >= most_members || !members.emplace(name, content).second) {
            refuse(fmt::format("the tar member {} stands in the archive twice, or among too many",
                               in_quotes(name)));
        }
        file = file.subspan(std::min<std::size_t>((*size + block - 1) / block * block, file.size()));
    }
}

}  // namespace imnet
