#include "codecs/gif.h"

#include <doctest/doctest.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

constexpr std::string_view four_colors = "\x10\x10\x10\x20\x20\x20\x30\x30\x30\xC0\xB0\xA0"sv;

/// A screen of 4×2 with four colours.
std::string screen(int width = 4, int height = 2) {
    return "GIF89a" + little(width, 2) + little(height, 2) + "\x81\0\0"s + std::string(four_colors);
}

/// An image of literal codes of 3 bits, each followed by a clear code so that codes stay short.
std::string image(int left, int top, int width, int height, std::string_view indices, int flags = 0) {
    std::string codes;
    unsigned bits = 0;
    int count = 0;
    const auto put = [&](unsigned code) {
        bits |= code << count;
        for (count += 3; count >= 8; count -= 8, bits >>= 8) codes.push_back(static_cast<char>(bits));
    };
    for (const char index : indices) {
        put(4);
        put(static_cast<unsigned>(index - '0'));
    }
    put(5);
    put(0);
    put(0);
    put(0);
    return "," + little(left, 2) + little(top, 2) + little(width, 2) + little(height, 2) + little(flags, 1) +
           "\x02" + little(codes.size(), 1) + codes + "\0"s;
}

std::string transparent(int index) { return "!\xF9\x04\x01\0\0"s + little(index, 1) + "\0"s; }

/// The first digit of each pixel's red: 1 2 3 C.
std::string shown(std::string_view gif) {
    const auto decoded = decode_gif(bytes_of(gif), {});
    if (!decoded) return decoded.error().message;
    std::string out;
    for (int y = 0; y < decoded->image.height; ++y) {
        if (y > 0) out += '/';
        for (int x = 0; x < decoded->image.width; ++x) {
            out += "0123456789ABCDEF"[pixel(decoded->image, x, y) >> 20];
        }
    }
    return out;
}

}  // namespace

TEST_CASE("a small GIF, written out") {
    CHECK(shown(screen() + image(0, 0, 4, 2, "01230123") + ";") == "123C/123C");
}

TEST_CASE("the first frame is shown on the whole screen") {
    CHECK(shown(screen() + image(1, 1, 2, 1, "33") + image(0, 0, 4, 2, "11111111") + ";") == "1111/1CC1");
}

TEST_CASE("pixels outside the frame have the transparent colour if there is one") {
    CHECK(shown(screen() + transparent(2) + image(1, 1, 2, 1, "32") + ";") == "3333/3C33");
}

TEST_CASE("a frame that reaches over the edge makes the screen larger") {
    CHECK(shown(screen(2, 1) + image(1, 1, 2, 1, "33") + ";") == "111/1CC");
}

TEST_CASE("rows that are stored in four passes are sorted") {
    CHECK(shown(screen(1, 9) + image(0, 0, 1, 9, "012301230", 0x40) + ";") == "1/2/C/3/3/C/1/1/2");
}

TEST_CASE("blocks before the image are skipped") {
    CHECK(shown(screen() + "!\xFE\x02hi\0"s + "\0"s + image(0, 0, 4, 2, "01230123")) == "123C/123C");
}

TEST_CASE("truncated and damaged files are errors") {
    const std::string whole = screen() + image(0, 0, 4, 2, "01230123");
    CHECK(shown(whole.substr(0, 9)) == "truncated GIF: it ends before its first image");
    CHECK(shown(screen() + ";") == "truncated GIF: it ends before its first image");
    CHECK(shown(screen() + ",\0\0"s) == "truncated GIF: it ends in the header of its first image");
    CHECK(shown(screen() + image(0, 0, 4, 2, "0123012")) == "truncated GIF: 1 of 2 rows");
    std::string long_codes = whole;
    long_codes[whole.find(',') + 10] = 12;
    CHECK(shown(long_codes) == "damaged GIF: its codes have an impossible length");
    CHECK(shown(screen() + image(0, 0, 0, 2, "")) == "damaged header: a picture of 0×2 has no pixels");
}

TEST_CASE("a code that is not in the table yet ends the picture") {
    // Clear, then code 6, which no string has been given.
    CHECK(shown(screen() + ",\0\0\0\0\4\0\2\0\0\2\1\x34\0"s) == "truncated GIF: 0 of 2 rows");
}
