#include "codecs/png_rows.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace imnet {
namespace {

/// Equal rows, one after the other.
struct RowGroup {
    std::size_t count;
    std::size_t length;  // with the filter byte
};

std::vector<RowGroup> row_groups(const PngShape& shape) {
    struct Pass {
        std::uint32_t x, y, dx, dy;
    };
    constexpr std::array<Pass, 7> adam7{
        {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}}};
    constexpr Pass whole{0, 0, 1, 1};
    std::vector<RowGroup> groups;
    const auto add = [&](const Pass& pass) {
        if (pass.x >= shape.width || pass.y >= shape.height) return;
        const std::size_t columns = (std::size_t{shape.width} - pass.x + pass.dx - 1) / pass.dx;
        const std::size_t rows = (std::size_t{shape.height} - pass.y + pass.dy - 1) / pass.dy;
        groups.push_back({rows, 1 + (columns * static_cast<std::size_t>(shape.pixel_bits) + 7) / 8});
    };
    if (shape.interlaced) {
        std::ranges::for_each(adam7, add);
    } else {
        add(whole);
    }
    return groups;
}

/// Owns zlib's state.
class Inflater {
public:
    explicit Inflater(bool raw_deflate) {
        if (inflateInit2(&stream_, raw_deflate ? -MAX_WBITS : MAX_WBITS) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    void feed(std::span<const std::byte> input) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));
        stream_.avail_in = static_cast<uInt>(input.size());
    }
    bool is_hungry() const { return stream_.avail_in == 0; }

    /// Fills the front of `out`; returns how much of it. Afterwards the data may have `failed` or `ended`.
    std::size_t inflate_into(std::span<std::byte> out) {
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        const int status = inflate(&stream_, Z_NO_FLUSH);
        if (status == Z_MEM_ERROR) throw std::bad_alloc();
        // Data that asks for a dictionary (Z_NEED_DICT) would wait for ever.
        failed = status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR;
        ended = status == Z_STREAM_END;
        return out.size() - stream_.avail_out;
    }

    bool failed = false;
    bool ended = false;

private:
    z_stream stream_{};
};

/// The bytes of the chunks in the pieces in which Pillow reads them (ImageFile.MAXBLOCK).
class Pieces {
public:
    explicit Pieces(std::span<const std::span<const std::byte>> chunks) : chunks_(chunks) {}

    std::span<const std::byte> next() {
        while (!chunks_.empty() && at_ == chunks_.front().size()) {
            chunks_ = chunks_.subspan(1);
            at_ = 0;
        }
        if (chunks_.empty()) return {};
        const auto piece =
            chunks_.front().subspan(at_, std::min<std::size_t>(chunks_.front().size() - at_, 65536));
        at_ += piece.size();
        return piece;
    }

private:
    std::span<const std::span<const std::byte>> chunks_;
    std::size_t at_ = 0;
};

}  // namespace

PngRows inflate_rows(std::span<const std::span<const std::byte>> chunks, const PngShape& shape,
                     bool raw_deflate) {
    constexpr std::byte last_filter{4};
    const std::vector<RowGroup> groups = row_groups(shape);
    PngRows rows;
    std::size_t size = 0;
    for (const RowGroup& group : groups) {
        size += group.count * group.length;
        rows.all += group.count;
    }
    rows.data.resize(size);
    Pieces pieces(chunks);
    Inflater inflater(raw_deflate);
    std::size_t at = 0;
    for (const RowGroup& group : groups) {
        for (std::size_t i = 0; i < group.count; ++i, at += group.length) {
            const auto row = std::span(rows.data).subspan(at, group.length);
            std::size_t filled = 0;
            while (filled < row.size() && !inflater.ended && !inflater.failed) {
                if (inflater.is_hungry()) {
                    const auto piece = pieces.next();
                    if (piece.empty()) break;
                    inflater.feed(piece);
                }
                filled += inflater.inflate_into(row.subspan(filled));
            }
            if (filled < row.size() || inflater.failed || row[0] > last_filter) {
                std::ranges::fill(row, std::byte{0});
                return rows;
            }
            ++rows.read;
        }
    }
    return rows;
}

std::vector<std::byte> stored_in_zlib(std::span<const std::byte> data) {
    constexpr std::size_t most = 65535;  // bytes of a stored block (RFC 1951, 3.2.4)
    std::vector<std::byte> out{std::byte{0x78}, std::byte{0x01}};
    out.reserve(data.size() + data.size() / most * 5 + 16);
    do {
        const auto block = data.first(std::min(data.size(), most));
        data = data.subspan(block.size());
        out.push_back(data.empty() ? std::byte{1} : std::byte{0});
        for (const std::size_t number : {block.size(), ~block.size()}) {
            out.push_back(static_cast<std::byte>(number));
            out.push_back(static_cast<std::byte>(number >> 8));
        }
        out.insert(out.end(), block.begin(), block.end());
    } while (!data.empty());
    out.insert(out.end(), 4, std::byte{0});
    return out;
}

}  // namespace imnet
