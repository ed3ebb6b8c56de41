// OUT.order beside the output of a shard: for each of its rows, the row's number in the whole run. With
// it `imnet merge` restores the order of a single run.
//
//   "imnet order 1\n", then for each row the number of inputs of other shards that stand before it
//   since the row before, and at last those behind the last row, all as LEB128: one byte a row as long
//   as they are under 128.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace imnet {

/// Collects the numbers of rows.
class RowOrder {
public:
    /// `number` is larger than all before.
    void add(std::uint64_t number);

    /// Writes OUT.order for a run of `inputs` inputs in all shards. Throws OutputError.
    void write(const std::filesystem::path& path, std::uint64_t inputs) const;

private:
    std::string gaps_;
    std::uint64_t next_ = 0;
};

/// Gives the numbers back.
class RowOrderReader {
public:
    /// Throws UsageError where the file cannot be read or is no such file.
    explicit RowOrderReader(const std::filesystem::path& path);

    /// The number of the next row; behind the last one, how many inputs there are in all.
    std::uint64_t next();

private:
    [[noreturn]] void refuse() const;

    std::filesystem::path path_;
    std::string bytes_;
    std::size_t at_ = 0;
    std::uint64_t next_ = 0;
};

/// OUT.order.
std::filesystem::path row_order_path(const std::filesystem::path& output);

}  // namespace imnet
