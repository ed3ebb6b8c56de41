// The part of the zip format that torch.save writes: uncompressed entries with an end-of-directory record
// (32-bit or ZIP64), local headers and data descriptors (PKWARE's APPNOTE 6.3).
//
// Refused: compressed, encrypted, repeated or overlapping entries; names that are absolute or contain
// `..`; archives over several disks; and entries whose name, size or checksum differs between the directory
// and the local header, since two readers would then see two different files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace imnet {

struct ZipEntry {
    std::string_view name;             ///< in place
    std::span<const std::byte> bytes;  ///< in place
    std::uint32_t crc = 0;             ///< the recorded CRC-32; 0 where the writer left it out, too
};

/// The names in an archive's directory, unchecked and including entries that are refused, to find out what
/// the archive is. Throws ModelError where there is no directory.
std::vector<std::string_view> list_zip_names(std::span<const std::byte> file);

/// The entries of an archive, sorted by name. Throws ModelError.
std::vector<ZipEntry> read_zip_directory(std::span<const std::byte> file);

/// The entry of that name in a sorted directory, or null.
const ZipEntry* find_entry(std::span<const ZipEntry> directory, std::string_view name);

/// Throws ModelError, naming the entry, where its bytes do not have the recorded checksum.
void check_crc(const ZipEntry& entry);

}  // namespace imnet
