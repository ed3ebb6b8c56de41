#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "runs/path_key.h"
#include "runs/stored_rows.h"

namespace imnet {

/// Counts how often each path occurs. Paths are kept as 128 bits of their SHA-256.
class PathCounts {
public:
    void add(std::string_view path) { ++counts_[path_key(path)]; }

    /// Removes one occurrence of the path; false where there is none.
    bool take(std::string_view path);

    bool empty() const { return counts_.empty(); }

private:
    std::unordered_map<PathKey, std::uint32_t, PathKeyHash> counts_;
};

/// Finds out which inputs an output already holds. Rows and inputs are read side by side as long as they
/// agree. From there on the paths of the remaining rows are kept in memory, so that no input is classified
/// twice or left out where files were added or removed.
class ResumedRows {
public:
    ResumedRows(StoredRows rows, Format format) : rows_(std::move(rows)), format_(format) {}

    /// Whether the output holds a row of this input. Call it once for each input, in their order. When it
    /// first gives false, all rows have been read.
    bool holds(const std::string& path);

    /// Reads the remaining rows.
    void read_all();

    std::uint64_t rows() const { return count_; }
    std::uint64_t failed() const { return failed_; }
    std::uint64_t end() const { return rows_.end(); }  ///< in bytes; what follows is an incomplete row

    /// Whether all inputs so far were those of the previous run, in the same order.
    bool agreed() const { return agreed_; }

private:
    std::optional<StoredRow> next();

    StoredRows rows_;
    Format format_;
    bool ended_ = false;
    bool agreed_ = true;
    PathCounts left_;
    std::uint64_t count_ = 0;
    std::uint64_t failed_ = 0;
};

}  // namespace imnet
