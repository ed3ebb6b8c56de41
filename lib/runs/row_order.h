// OUT.order beside the output of a shard holds the number of each of its rows in the whole run. From it
// `imnet merge` restores the order of a single run.
//
//   "imnet order 1\n", then for each row the number of inputs of other shards between it and the previous
//   row, and at the end the number of those after the last row. All numbers are LEB128: one byte where
//   they are below 128.
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
    /// `number` must be larger than all numbers before.
    void add(std::uint64_t number);

    /// Writes OUT.order for a run of `inputs` inputs in all shards. Throws OutputError.
    void write(const std::filesystem::path& path, std::uint64_t inputs) const;

private:
    std::string gaps_;
    std::uint64_t next_ = 0;
};

/// Reads the numbers.
class RowOrderReader {
public:
    /// Throws UsageError where the file cannot be read or is not an OUT.order.
    explicit RowOrderReader(const std::filesystem::path& path);

    /// The number of the next row; after the last one, the number of all inputs.
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
