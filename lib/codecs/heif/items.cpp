// A HEIF file (ISO/IEC 23008-12) is a list of boxes: length, four letters, content. The box `meta` says which
// items there are:
//   pitm            the primary item
//   iprp/ipco       properties, among them `ispe`, the size of an item; iprp/ipma: which item has which
//                   properties also hold the sequence parameter set of HEVC (`hvcC`)
//   iloc            where the stream of an item is; that of AV1 begins with its sequence header
//   iref            references: `dimg` from a grid or an overlay to its parts, `auxl` from alpha to its
//   picture
// A file of a few kilobytes can refer to the same large item thousands of times, and libheif decodes it each
// time.
#include "codecs/heif/items.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "codecs/heif/coded_size.h"

namespace imnet {
namespace {

constexpr std::uint64_t endless = std::uint64_t{1} << 62;

struct Item {
    std::uint64_t pixels = 0;
    std::vector<std::uint32_t> parts;
    std::vector<std::uint32_t> belongs_to;
    std::optional<std::uint64_t> work;  ///< once it has been counted
    bool being_counted = false;
};

struct Items {
    std::map<std::uint32_t, Item> by_id;
    std::uint32_t primary = 0;
    std::vector<std::uint64_t> sizes;  ///< of each property, 0 for what is no size
    std::uint64_t coded = 0;           ///< the largest size that a stream states
};

/// Calls `use` with the name and the content of each box.
template <typename Use>
void for_each_box(std::span<const std::byte> bytes, const Use& use) {
    ByteReader reader(bytes);
    while (reader.remaining() >= 8) {
        std::uint64_t length = reader.u32_be();
        const std::string_view name = as_text(reader.take(4));
        std::uint64_t header = 8;
        if (length == 1) {
            const std::uint64_t high = reader.u32_be();
            length = high << 32 | reader.u32_be();
            header = 16;
        }
        const std::uint64_t content = length == 0 ? reader.remaining() : length - header;
        if (length != 0 && length < header) return;
        use(name,
            reader.take(static_cast<std::size_t>(std::min<std::uint64_t>(content, reader.remaining()))));
    }
}

/// A box with a version: reads that and returns the flags.
struct Versioned {
    explicit Versioned(std::span<const std::byte> content) : reader(content) {
        const std::uint32_t start = reader.u32_be();
        version = static_cast<int>(start >> 24);
        flags = start & 0xFFFFFF;
    }
    std::uint32_t id(bool wide) { return wide ? reader.u32_be() : reader.u16_be(); }

    ByteReader reader;
    int version = 0;
    std::uint32_t flags = 0;
};

/// The largest size in the parameter sets of HEVC.
std::uint64_t hevc_configured(std::span<const std::byte> content) {
    constexpr int sequence_parameters = 33;
    std::uint64_t largest = 0;
    ByteReader reader(content);
    reader.skip(22);
    for (int arrays = reader.u8(); arrays > 0 && !reader.overran(); --arrays) {
        const bool wanted = (reader.u8() & 0x3F) == sequence_parameters;
        for (int units = reader.u16_be(); units > 0 && !reader.overran(); --units) {
            const auto unit = reader.take(reader.u16_be());
            if (wanted) largest = std::max(largest, hevc_pixels(unit));
        }
    }
    return largest;
}

/// A stream of AV1 begins with a temporal delimiter or a sequence header. HEVC begins with a length, whose
/// first byte is 0, and EXIF likewise; text does not begin so.
bool begins_av1(std::span<const std::byte> stream) {
    if (stream.empty()) return false;
    const int type = std::to_integer<int>(stream[0]) >> 3;
    return type == 1 || type == 2;
}

/// The largest size that a stream of AV1 states. Other items have no such headers.
void read_streams(std::span<const std::byte> content, std::span<const std::byte> file, Items& items) {
    Versioned box(content);
    const auto number = [&](int bytes) {
        std::uint64_t value = 0;
        for (; bytes > 0; --bytes) value = value << 8 | box.reader.u8();
        return value;
    };
    const int sizes = box.reader.u8(), more_sizes = box.reader.u8();
    const std::uint64_t count = box.id(box.version >= 2);
    std::uint64_t left = file.size();  // streams of real files do not overlap
    for (std::uint64_t i = 0; i < count && !box.reader.overran(); ++i) {
        box.id(box.version >= 2);
        const int method = box.version >= 1 ? box.reader.u16_be() & 15 : 0;
        box.reader.skip(2);
        const std::uint64_t base = number(more_sizes >> 4);
        for (int extents = box.reader.u16_be(); extents > 0 && !box.reader.overran(); --extents) {
            if (box.version >= 1) number(more_sizes & 15);
            const std::uint64_t start = base + number(sizes >> 4);
            const std::uint64_t stated = number(sizes & 15);
            if (method != 0 || start >= file.size()) continue;
            const auto rest = file.subspan(static_cast<std::size_t>(start));
            const auto length =
                std::min({stated == 0 ? rest.size() : stated, std::uint64_t{rest.size()}, left});
            left -= length;
            const auto stream = rest.first(static_cast<std::size_t>(length));
            if (begins_av1(stream)) items.coded = std::max(items.coded, av1_pixels(stream));
        }
    }
}

void read_sizes(std::span<const std::byte> properties, Items& items) {
    for_each_box(properties, [&](std::string_view name, std::span<const std::byte> content) {
        Versioned box(content);
        const std::uint64_t width = box.reader.u32_be();
        const std::uint64_t height = box.reader.u32_be();
        // A side of 2³¹ is no real one; this keeps all sums small.
        const bool size = name == "ispe" && width < (1U << 31) && height < (1U << 31);
        if (name == "hvcC") items.coded = std::max(items.coded, hevc_configured(content));
        items.sizes.push_back(size ? width * height : name == "ispe" ? endless : 0);
    });
}

void read_associations(std::span<const std::byte> content, Items& items) {
    Versioned box(content);
    const std::uint32_t count = box.reader.u32_be();
    for (std::uint32_t i = 0; i < count && !box.reader.overran(); ++i) {
        Item& item = items.by_id[box.id(box.version >= 1)];
        for (int left = box.reader.u8(); left > 0; --left) {
            const std::size_t property =
                (box.flags & 1) != 0 ? box.reader.u16_be() & 0x7FFFU : box.reader.u8() & 0x7FU;
            if (property >= 1 && property <= items.sizes.size()) {
                item.pixels = std::max(item.pixels, items.sizes[property - 1]);
            }
        }
    }
}

void read_references(std::span<const std::byte> content, Items& items) {
    const Versioned box(content);
    for_each_box(content.subspan(std::min<std::size_t>(content.size(), 4)),
                 [&](std::string_view name, std::span<const std::byte> reference) {
                     ByteReader reader(reference);
                     const auto id = [&] { return box.version >= 1 ? reader.u32_be() : reader.u16_be(); };
                     Item& item = items.by_id[id()];
                     for (int left = reader.u16_be(); left > 0 && !reader.overran(); --left) {
                         if (name == "dimg") item.parts.push_back(id());
                         if (name == "auxl") item.belongs_to.push_back(id());
                     }
                 });
}

Items read_items(std::span<const std::byte> bytes) {
    Items items;
    std::vector<std::span<const std::byte>> associations;
    const auto read_property_boxes = [&](std::string_view name, std::span<const std::byte> content) {
        if (name == "ipco") read_sizes(content, items);
        if (name == "ipma") associations.push_back(content);
    };
    const auto read_meta = [&](std::string_view name, std::span<const std::byte> content) {
        if (name == "pitm") {
            Versioned box(content);
            items.primary = box.id(box.version >= 1);
        }
        if (name == "iref") read_references(content, items);
        if (name == "iloc") read_streams(content, bytes, items);
        if (name == "iprp") for_each_box(content, read_property_boxes);
    };
    for_each_box(bytes, [&](std::string_view name, std::span<const std::byte> content) {
        if (name == "meta")
            for_each_box(content.subspan(std::min<std::size_t>(content.size(), 4)), read_meta);
    });
    for (const auto content : associations) read_associations(content, items);
    return items;
}

std::uint64_t sum(std::uint64_t a, std::uint64_t b) { return std::min(a + b, endless); }

/// The pixels of an item and of all that it is made of. Items that contain themselves are endless.
std::uint64_t count(Items& items, std::uint32_t id, int depth) {
    constexpr int deepest = 16;
    const auto found = items.by_id.find(id);
    if (found == items.by_id.end()) return 0;
    Item& item = found->second;
    if (item.work) return *item.work;
    if (item.being_counted || depth > deepest) return endless;
    item.being_counted = true;
    std::uint64_t pixels = item.pixels;
    for (const std::uint32_t part : item.parts) pixels = sum(pixels, count(items, part, depth + 1));
    item.being_counted = false;
    item.work = pixels;
    return pixels;
}

}  // namespace

HeifWork count_heif_work(std::span<const std::byte> bytes) {
    Items items = read_items(bytes);
    HeifWork work{count(items, items.primary, 0), items.by_id[items.primary].pixels, items.coded};
    std::vector<std::uint32_t> beside;
    for (const auto& [id, item] : items.by_id) {
        if (std::ranges::find(item.belongs_to, items.primary) != item.belongs_to.end()) beside.push_back(id);
    }
    for (const std::uint32_t id : beside) work.decoded = sum(work.decoded, count(items, id, 0));
    return work;
}

}  // namespace imnet
