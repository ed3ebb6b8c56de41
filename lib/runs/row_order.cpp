#include "runs/row_order.h"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/output_file.h"

namespace imnet {
namespace {

constexpr std::string_view magic = "imnet order 1\n";

void append_leb128(std::string& bytes, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>(0x80U | (value & 0x7FU));
    bytes += static_cast<char>(value);
}

}  // namespace

void RowOrder::add(std::uint64_t number) {
    append_leb128(gaps_, number - next_);
    next_ = number + 1;
}

void RowOrder::write(const std::filesystem::path& path, std::uint64_t inputs) const {
    OutputFile out(path.native());
    out.write(magic);
    out.write(gaps_);
    std::string last;
    append_leb128(last, inputs - next_);
    out.write(last);
    out.commit();
}

RowOrderReader::RowOrderReader(const std::filesystem::path& path) : path_(path) {
    std::ifstream file(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    if (!bytes_.starts_with(magic)) refuse();
    at_ = magic.size();
}

std::uint64_t RowOrderReader::next() {
    std::uint64_t gap = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (at_ == bytes_.size() || shift > 56) refuse();
        const auto byte = static_cast<unsigned char>(bytes_[at_++]);
        gap |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) break;
    }
    const std::uint64_t number = next_ + gap;
    next_ = number + 1;
    return number;
}

void RowOrderReader::refuse() const {
    throw UsageError(
        fmt::format("{}: not the order of a shard's rows, or damaged: run that shard again with --resume",
                    path_.native()));
}

std::filesystem::path row_order_path(const std::filesystem::path& output) {
    return output.native() + ".order";
}

}  // namespace imnet
