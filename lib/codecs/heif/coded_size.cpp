// The compressed stream states its size once more, and that is the size for which the decoder takes memory.
#include "codecs/heif/coded_size.h"

#include <algorithm>
#include <vector>

#include "base/byte_reader.h"

namespace imnet {
namespace {

/// Reads bits, the highest of a byte first; zeros past the end.
class BitReader {
public:
    explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

    std::uint64_t bits(int count) {
        std::uint64_t value = 0;
        for (int i = 0; i < count; ++i, ++position_) {
            const std::size_t byte = position_ / 8;
            const int bit =
                byte < bytes_.size() ? std::to_integer<int>(bytes_[byte]) >> (7 - position_ % 8) & 1 : 0;
            value = value << 1 | static_cast<std::uint64_t>(bit);
        }
        return value;
    }

    /// A number of unknown length: as many zeros as it has bits after its first 1.
    std::uint64_t exponential() {
        int zeros = 0;
        while (bits(1) == 0) {
            if (++zeros > 32) return 0;
        }
        return (std::uint64_t{1} << zeros) - 1 + bits(zeros);
    }

    void skip(std::size_t count) { position_ += count; }
    bool overran() const { return position_ > bytes_.size() * 8; }

private:
    std::span<const std::byte> bytes_;
    std::size_t position_ = 0;
};

/// A NAL unit without the bytes 3 that follow two zeros.
std::vector<std::byte> without_emulation(std::span<const std::byte> unit) {
    std::vector<std::byte> out;
    int zeros = 0;
    for (const std::byte byte : unit) {
        const bool inserted = zeros >= 2 && byte == std::byte{3};
        zeros = byte == std::byte{0} ? zeros + 1 : 0;
        if (!inserted) out.push_back(byte);
    }
    return out;
}

void skip_hevc_profile(BitReader& reader, int layers_below) {
    reader.skip(96);
    bool profile[8] = {}, level[8] = {};
    for (int i = 0; i < layers_below; ++i) {
        profile[i] = reader.bits(1) != 0;
        level[i] = reader.bits(1) != 0;
    }
    if (layers_below > 0) reader.skip(2 * static_cast<std::size_t>(8 - layers_below));
    for (int i = 0; i < layers_below; ++i) reader.skip((profile[i] ? 88 : 0) + (level[i] ? 8 : 0));
}

/// What comes before the size in a sequence header that is not of the short form.
void skip_av1_operating_points(BitReader& reader) {
    int delay_bits = 0;
    const bool timing = reader.bits(1) != 0;
    bool model = false;
    if (timing) {
        reader.skip(64);
        if (reader.bits(1) != 0) reader.exponential();
        model = reader.bits(1) != 0;
        if (model) {
            delay_bits = static_cast<int>(reader.bits(5)) + 1;
            reader.skip(42);
        }
    }
    const bool delays = reader.bits(1) != 0;
    for (auto points = reader.bits(5) + 1; points > 0; --points) {
        reader.skip(12);
        if (reader.bits(5) > 7) reader.skip(1);
        if (model && reader.bits(1) != 0) reader.skip(2 * static_cast<std::size_t>(delay_bits) + 1);
        if (delays && reader.bits(1) != 0) reader.skip(4);
    }
}

std::uint64_t sequence_pixels(std::span<const std::byte> header) {
    BitReader reader(header);
    reader.skip(4);
    if (reader.bits(1) != 0) {
        reader.skip(5);
    } else {
        skip_av1_operating_points(reader);
    }
    const int width_bits = static_cast<int>(reader.bits(4)) + 1,
              height_bits = static_cast<int>(reader.bits(4)) + 1;
    const std::uint64_t width = reader.bits(width_bits) + 1;
    const std::uint64_t height = reader.bits(height_bits) + 1;
    return reader.overran() ? 0 : width * height;
}

}  // namespace

std::uint64_t hevc_pixels(std::span<const std::byte> unit) {
    constexpr std::size_t enough = 512;  // the size comes early
    const auto bytes = without_emulation(unit.first(std::min(unit.size(), enough)));
    BitReader reader(bytes);
    reader.skip(16 + 4);
    const int layers_below = static_cast<int>(reader.bits(3));
    reader.skip(1);
    skip_hevc_profile(reader, layers_below);
    reader.exponential();
    if (reader.exponential() == 3) reader.skip(1);
    const std::uint64_t width = reader.exponential();
    const std::uint64_t height = reader.exponential();
    if (reader.overran()) return 0;
    return std::min(width, std::uint64_t{1} << 31) * std::min(height, std::uint64_t{1} << 31);
}

std::uint64_t av1_pixels(std::span<const std::byte> stream) {
    std::uint64_t largest = 0;
    ByteReader reader(stream);
    while (reader.remaining() > 0) {
        const int header = reader.u8();
        if ((header & 4) != 0) reader.skip(1);
        std::uint64_t size = reader.remaining();
        if ((header & 2) != 0) {
            size = 0;
            for (int shift = 0; shift < 56; shift += 7) {
                const std::uint64_t byte = reader.u8();
                size |= (byte & 0x7F) << shift;
                if (byte < 0x80) break;
            }
        }
        const auto content =
            reader.take(static_cast<std::size_t>(std::min<std::uint64_t>(size, reader.remaining())));
        constexpr int sequence_header = 1;
        if ((header >> 3 & 15) == sequence_header) largest = std::max(largest, sequence_pixels(content));
    }
    return largest;
}

}  // namespace imnet
