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

/// How often each of many paths is meant, by 128 bits of their SHA-256.
class PathCounts {
public:
    void add(std::string_view path) { ++counts_[path_key(path)]; }

    /// Takes one of that path away; false where there is none.
    bool take(std::string_view path);

    bool empty() const { return counts_.empty(); }

private:
    std::unordered_map<PathKey, std::uint32_t, PathKeyHash> counts_;
};

/// Tells which inputs an output holds already. The rows are read beside the inputs for as long as
/// both agree; behind that the paths that are left are remembered, so that nothing is done twice and
/// nothing is lost where files came or went meanwhile.
class ResumedRows {
public:
    ResumedRows(StoredRows rows, Format format) : rows_(std::move(rows)), format_(format) {}

    /// Whether the output holds a row of this input. Each input is asked for once, in their order.
    /// Once it says no, all rows have been read.
    bool holds(const std::string& path);

    /// Reads what is left.
    void read_all();

    std::uint64_t rows() const { return count_; }
    std::uint64_t failed() const { return failed_; }
    std::uint64_t end() const { return rows_.end(); }  ///< in bytes; what stands behind is torn

    /// Whether the inputs were those of the run before, in the same order, as far as was asked.
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
