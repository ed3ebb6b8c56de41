#include "checkpoints/zip.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "checkpoints/refusals.h"

namespace imnet {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t end64_signature = 0x06064b50;
constexpr std::uint32_t locator64_signature = 0x07064b50;
constexpr std::uint32_t central_signature = 0x02014b50;
constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::uint32_t descriptor_signature = 0x08074b50;
constexpr std::size_t end_size = 22;
constexpr std::size_t end64_size = 56;
constexpr std::size_t locator64_size = 20;
constexpr std::size_t central_size = 46;
constexpr std::size_t local_size = 30;
constexpr std::uint16_t has_descriptor = 1 << 3;
constexpr std::uint16_t harmless_flags = has_descriptor | 1 << 11 | 3 << 1;  // UTF-8 names; deflate's level
constexpr std::uint64_t most_entries = 100'000;

/// The place of the central directory.
struct Directory {
    std::uint64_t offset;
    std::uint64_t size;
    std::uint64_t entries;
};

/// An entry's record in the central directory.
struct Central {
    std::string_view name;
    std::uint16_t flags;
    std::uint16_t method;
    std::uint16_t disk;
    std::uint32_t crc;
    std::uint64_t size;
    std::uint64_t stored_size;
    std::uint64_t offset;  ///< of the local header
};

[[noreturn]] void refuse_zip(std::string_view what) {
    refuse(fmt::format("the zip archive {}: the file is damaged or hostile", what));
}

[[noreturn]] void refuse_entry(std::string_view name, std::string_view what) {
    refuse(fmt::format("the zip entry {} {}: refused", in_quotes(name), what));
}

/// The last end-of-directory record whose comment ends with the file.
std::size_t find_end(Bytes file) {
    constexpr std::size_t longest_comment = 0xFFFF;
    if (file.size() >= end_size) {
        const std::size_t last = file.size() - end_size;
        const std::size_t first = last > longest_comment ? last - longest_comment : 0;
        for (std::size_t at = last + 1; at-- > first;) {
            if (load<std::uint32_t>(file, at) != end_signature) continue;
            if (load<std::uint16_t>(file, at + 20) == file.size() - at - end_size) return at;
        }
    }
    refuse("the file is truncated: the zip directory at its end is missing: copy or download it again");
}

/// The ZIP64 record where a locator precedes the older record; otherwise the older one's numbers.
Directory find_directory(Bytes file) {
    const std::size_t end = find_end(file);
    const auto disk = load<std::uint16_t>(file, end + 4);
    const auto directory_disk = load<std::uint16_t>(file, end + 6);
    const auto entries_here = load<std::uint16_t>(file, end + 8);
    Directory directory{.offset = load<std::uint32_t>(file, end + 16),
                        .size = load<std::uint32_t>(file, end + 12),
                        .entries = load<std::uint16_t>(file, end + 10)};
    std::uint64_t limit = end;
    if (end >= locator64_size && load<std::uint32_t>(file, end - locator64_size) == locator64_signature) {
        const std::size_t locator = end - locator64_size;
        const auto at = load<std::uint64_t>(file, locator + 8);
        if (load<std::uint32_t>(file, locator + 4) != 0 || load<std::uint32_t>(file, locator + 16) > 1) {
            refuse_zip("is split over several disks");
        }
        if (!fits(at, end64_size, locator) || load<std::uint32_t>(file, at) != end64_signature) {
            refuse_zip("has a ZIP64 locator that does not lead to a record");
        }
        const Directory wide{.offset = load<std::uint64_t>(file, at + 48),
                             .size = load<std::uint64_t>(file, at + 40),
                             .entries = load<std::uint64_t>(file, at + 32)};
        const auto agree = [](std::uint64_t narrow, std::uint64_t full, std::uint64_t escape) {
            return narrow == escape || narrow == full;
        };
        if (!agree(directory.offset, wide.offset, 0xFFFFFFFF) ||
            !agree(directory.size, wide.size, 0xFFFFFFFF) ||
            !agree(directory.entries, wide.entries, 0xFFFF)) {
            refuse_zip("has two end records that disagree");
        }
        if (load<std::uint32_t>(file, at + 16) != 0 || load<std::uint32_t>(file, at + 20) != 0 ||
            load<std::uint64_t>(file, at + 24) != wide.entries) {
            refuse_zip("is split over several disks");
        }
        directory = wide;
        limit = at;
    } else if (disk != 0 || directory_disk != 0 || entries_here != directory.entries) {
        refuse_zip("is split over several disks");
    }
    if (!fits(directory.offset, directory.size, limit))
        refuse_zip("has a directory that reaches beyond the file");
    if (directory.entries > most_entries) refuse_zip(fmt::format("has more than {} entries", most_entries));
    return directory;
}

/// The numbers of the ZIP64 extra field, in the order of the escaped fields of the fixed header.
class Wide {
public:
    explicit Wide(Bytes extra) {
        while (extra.size() >= 4) {
            const auto size = load<std::uint16_t>(extra, 2);
            if (size > extra.size() - 4) return;  // padding of other writers, without a number
            if (load<std::uint16_t>(extra, 0) == 1) {
                numbers_ = extra.subspan(4, size);
                return;
            }
            extra = extra.subspan(4 + size);
        }
    }

    std::uint64_t widen(std::uint32_t narrow, std::string_view name) {
        if (narrow != 0xFFFFFFFF) return narrow;
        if (numbers_.size() < 8) refuse_entry(name, "has no size");
        const auto number = load<std::uint64_t>(numbers_, 0);
        numbers_ = numbers_.subspan(8);
        return number;
    }

private:
    Bytes numbers_;
};

void check_name(std::string_view name) {
    if (name.empty()) refuse_entry(name, "has no name");
    const bool absolute = name.front() == '/' || name.find('\\') != std::string_view::npos ||
                          name.find('\0') != std::string_view::npos;
    if (absolute) refuse_entry(name, "has an absolute or foreign path");
    for (std::string_view rest = name;;) {
        const auto slash = rest.find('/');
        if (rest.substr(0, slash) == "..") refuse_entry(name, "leads out of the archive");
        if (slash == std::string_view::npos) return;
        rest.remove_prefix(slash + 1);
    }
}

/// Reads the record at the start of `rest` and removes it.
Central read_central(Bytes& rest) {
    if (rest.size() < central_size || load<std::uint32_t>(rest, 0) != central_signature) {
        refuse_zip("has a broken directory");
    }
    const std::size_t name_size = load<std::uint16_t>(rest, 28);
    const std::size_t extra_size = load<std::uint16_t>(rest, 30);
    const std::size_t comment_size = load<std::uint16_t>(rest, 32);
    if (!fits(central_size, name_size + extra_size + comment_size, rest.size())) {
        refuse_zip("has a broken directory");
    }
    const std::string_view name = as_text(rest.subspan(central_size, name_size));
    Wide wide(rest.subspan(central_size + name_size, extra_size));
    const std::uint64_t size = wide.widen(load<std::uint32_t>(rest, 24), name);
    const std::uint64_t stored_size = wide.widen(load<std::uint32_t>(rest, 20), name);
    const std::uint64_t offset = wide.widen(load<std::uint32_t>(rest, 42), name);
    const Central central{.name = name,
                          .flags = load<std::uint16_t>(rest, 8),
                          .method = load<std::uint16_t>(rest, 10),
                          .disk = load<std::uint16_t>(rest, 34),
                          .crc = load<std::uint32_t>(rest, 16),
                          .size = size,
                          .stored_size = stored_size,
                          .offset = offset};
    rest = rest.subspan(central_size + name_size + extra_size + comment_size);
    return central;
}

std::vector<Central> read_centrals(Bytes file, const Directory& directory) {
    Bytes rest = file.subspan(directory.offset, directory.size);
    std::vector<Central> centrals;
    for (std::uint64_t i = 0; i < directory.entries; ++i) centrals.push_back(read_central(rest));
    return centrals;
}

void check_central(const Central& central) {
    check_name(central.name);
    if ((central.flags & 1) != 0) refuse_entry(central.name, "is encrypted");
    if ((central.flags & ~harmless_flags) != 0)
        refuse_entry(central.name, "has flags that torch.save does not set");
    if (central.method != 0) refuse_entry(central.name, "is compressed, which torch.save never does");
    if (central.disk != 0) refuse_entry(central.name, "lies on another disk");
    if (central.size != central.stored_size) refuse_entry(central.name, "has two sizes that disagree");
}

/// Length of the descriptor that follows the data: with or without a signature, sizes of 4 or 8 bytes.
std::size_t descriptor_size(Bytes after, const Central& central) {
    const std::size_t signature =
        after.size() >= 4 && load<std::uint32_t>(after, 0) == descriptor_signature ? 4 : 0;
    for (const std::size_t skip : {signature, std::size_t{0}}) {
        if (after.size() < skip + 12 || load<std::uint32_t>(after, skip) != central.crc) continue;
        if (after.size() >= skip + 20 && load<std::uint64_t>(after, skip + 4) == central.size &&
            load<std::uint64_t>(after, skip + 12) == central.size) {
            return skip + 20;
        }
        if (load<std::uint32_t>(after, skip + 4) == central.size &&
            load<std::uint32_t>(after, skip + 8) == central.size) {
            return skip + 12;
        }
    }
    refuse_entry(central.name, "has a descriptor that disagrees with the directory");
}

/// Checks the local header against the directory, fills in the entry, and gives the offset of the entry's
/// end. `file` ends where the directory begins.
std::uint64_t locate(Bytes file, const Central& central, ZipEntry& entry) {
    const std::string_view name = central.name;
    if (!fits(central.offset, local_size, file.size())) refuse_entry(name, "lies outside the file");
    const Bytes local = file.subspan(central.offset);
    if (load<std::uint32_t>(local, 0) != local_signature) refuse_entry(name, "has no local header");
    const std::size_t name_size = load<std::uint16_t>(local, 26);
    const std::size_t extra_size = load<std::uint16_t>(local, 28);
    const std::size_t header_size = local_size + name_size + extra_size;
    if (!fits(header_size, central.size, local.size()))
        refuse_entry(name, "reaches beyond the end of the file");
    if (as_text(local.subspan(local_size, name_size)) != name) refuse_entry(name, "has two names");

    const bool described = (central.flags & has_descriptor) != 0;
    Wide wide(local.subspan(local_size + name_size, extra_size));
    const auto agrees = [&](std::uint64_t here, std::uint64_t there) {
        return here == there || (described && here == 0);
    };
    const std::uint64_t size = wide.widen(load<std::uint32_t>(local, 22), name);
    const std::uint64_t stored = wide.widen(load<std::uint32_t>(local, 18), name);
    if (load<std::uint16_t>(local, 6) != central.flags || load<std::uint16_t>(local, 8) != 0 ||
        !agrees(load<std::uint32_t>(local, 14), central.crc) || !agrees(size, central.size) ||
        !agrees(stored, central.size)) {
        refuse_entry(name, "has a local header that disagrees with the directory");
    }
    entry = {name, local.subspan(header_size, central.size), central.crc};
    std::uint64_t end = central.offset + header_size + central.size;
    if (described) end += descriptor_size(file.subspan(end), central);
    return end;
}

}  // namespace

std::vector<std::string_view> list_zip_names(Bytes file) {
    std::vector<std::string_view> names;
    for (const Central& central : read_centrals(file, find_directory(file))) names.push_back(central.name);
    return names;
}

std::vector<ZipEntry> read_zip_directory(Bytes file) {
    const Directory directory = find_directory(file);
    std::vector<Central> centrals = read_centrals(file, directory);
    for (const Central& central : centrals) check_central(central);

    std::sort(centrals.begin(), centrals.end(), [](auto& a, auto& b) { return a.offset < b.offset; });
    std::vector<ZipEntry> entries(centrals.size());
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < centrals.size(); ++i) {
        if (centrals[i].offset < end) refuse_entry(centrals[i].name, "overlaps another one");
        end = locate(file.first(directory.offset), centrals[i], entries[i]);
    }

    std::sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.name < b.name; });
    const auto repeated =
        std::adjacent_find(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.name == b.name; });
    if (repeated != entries.end()) refuse_entry(repeated->name, "is in the archive twice");
    return entries;
}

const ZipEntry* find_entry(std::span<const ZipEntry> directory, std::string_view name) {
    const auto entry = std::lower_bound(directory.begin(), directory.end(), name,
                                        [](const ZipEntry& a, std::string_view b) { return a.name < b; });
    return entry != directory.end() && entry->name == name ? &*entry : nullptr;
}

void check_crc(const ZipEntry& entry) {
    if (entry.crc == 0 || crc32(entry.bytes) == entry.crc) return;
    refuse(fmt::format(
        "the bytes of {} are not those that were saved (CRC-32 differs): the file is damaged: copy "
        "or download it again",
        in_quotes(entry.name)));
}

}  // namespace imnet
