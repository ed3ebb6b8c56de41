// Builds zip archives byte by byte; every field can be made wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crc32.h"
#include "build_pickle.h"

namespace imnet::build {

struct Entry {
    std::string name = {};
    std::string bytes = {};
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    bool descriptor = false;  ///< sizes after the data, as torch.save writes them
    bool wide = false;        ///< sizes in a ZIP64 field
    // Wrong values for fields of the two headers.
    std::optional<std::string> local_name = std::nullopt;
    std::optional<std::uint32_t> local_size = std::nullopt;
    std::optional<std::uint32_t> crc = std::nullopt;
    std::optional<std::uint32_t> size = std::nullopt;
    std::optional<std::uint32_t> stored_size = std::nullopt;
    std::optional<std::uint32_t> offset = std::nullopt;
    std::uint16_t disk = 0;
};

struct Archive {
    std::vector<Entry> entries = {};
    bool wide_end = false;  ///< with a ZIP64 end of directory
    std::uint16_t disk = 0;
    std::optional<std::uint32_t> directory_offset = std::nullopt;
    std::string comment = {};

    std::string bytes() const;
};

inline std::string u16(std::uint64_t value) { return little_endian(static_cast<std::uint16_t>(value)); }
inline std::string u32(std::uint64_t value) { return little_endian(static_cast<std::uint32_t>(value)); }
inline std::string u64(std::uint64_t value) { return little_endian(value); }

inline std::string wide_field(const Entry& entry) {
    if (!entry.wide) return {};
    return u16(1) + u16(16) + u64(entry.bytes.size()) + u64(entry.bytes.size());
}

inline std::string local_record(const Entry& entry) {
    const std::uint16_t flags = entry.flags | (entry.descriptor ? 8 : 0);
    const std::string name = entry.local_name.value_or(entry.name);
    const std::uint32_t crc = entry.crc.value_or(crc32(as_bytes(entry.bytes)));
    const std::uint64_t size = entry.wide ? 0xFFFFFFFF : entry.bytes.size();
    const std::uint64_t told = entry.local_size.value_or(entry.descriptor ? 0 : size);
    const std::string field = entry.descriptor ? "" : wide_field(entry);
    std::string record = "PK\x03\x04" + u16(20) + u16(flags) + u16(entry.method) + u32(0) +
                         u32(entry.descriptor ? 0 : crc) + u32(told) + u32(told) + u16(name.size()) +
                         u16(field.size()) + name + field + entry.bytes;
    if (!entry.descriptor) return record;
    const auto number = entry.wide ? u64 : u32;
    return record + "PK\x07\x08" + u32(crc) + number(entry.bytes.size()) + number(entry.bytes.size());
}

inline std::string central_record(const Entry& entry, std::size_t offset) {
    const std::uint16_t flags = entry.flags | (entry.descriptor ? 8 : 0);
    const std::uint64_t size = entry.size.value_or(entry.wide ? 0xFFFFFFFF : entry.bytes.size());
    const std::string field = wide_field(entry);
    return "PK\x01\x02" + u16(20) + u16(20) + u16(flags) + u16(entry.method) + u32(0) +
           u32(entry.crc.value_or(crc32(as_bytes(entry.bytes)))) + u32(entry.stored_size.value_or(size)) +
           u32(size) + u16(entry.name.size()) + u16(field.size()) + u16(0) + u16(entry.disk) + u16(0) +
           u32(0) + u32(entry.offset.value_or(offset)) + entry.name + field;
}

inline std::string Archive::bytes() const {
    std::string file;
    std::string directory;
    for (const Entry& entry : entries) {
        directory += central_record(entry, file.size());
        file += local_record(entry);
    }
    const std::uint64_t start = directory_offset.value_or(file.size());
    file += directory;
    if (wide_end) {
        const std::size_t end = file.size();
        file += "PK\x06\x06" + u64(44) + u16(45) + u16(45) + u32(0) + u32(0) + u64(entries.size()) +
                u64(entries.size()) + u64(directory.size()) + u64(start);
        file += "PK\x06\x07" + u32(0) + u64(end) + u32(1);
    }
    return file + "PK\x05\x06" + u16(disk) + u16(0) + u16(wide_end ? 0xFFFF : entries.size()) +
           u16(wide_end ? 0xFFFF : entries.size()) + u32(wide_end ? 0xFFFFFFFF : directory.size()) +
           u32(wide_end ? 0xFFFFFFFF : start) + u16(comment.size()) + comment;
}

/// A checkpoint of torch.save: the pickle, and storages under their keys "0", "1" …
inline Archive torch_archive(std::string pickle, std::vector<std::string> storages) {
    Archive archive;
    archive.entries.push_back({.name = "model/data.pkl", .bytes = std::move(pickle)});
    for (std::size_t i = 0; i < storages.size(); ++i) {
        archive.entries.push_back(
            {.name = "model/data/" + std::to_string(i), .bytes = std::move(storages[i])});
    }
    return archive;
}

/// The bytes of some floats.
inline std::string floats(std::initializer_list<float> values) {
    std::string result;
    for (const float value : values) result += little_endian(value);
    return result;
}

}  // namespace imnet::build
