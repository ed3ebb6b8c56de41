#include "codecs/write_png.h"

#include <doctest/doctest.h>

#include "codecs/decode.h"
#include "codecs/picture_bytes.h"

using namespace imnet;

TEST_CASE("a picture that is written is read back, byte for byte") {
    Image image{37, 21, {}};
    for (int i = 0; i < 37 * 21 * 3; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i * i / 7));
    const std::string bytes = png_bytes(image);
    const auto back = decode(test::bytes_of(bytes));
    REQUIRE(back);
    CHECK(back->image.width == 37);
    CHECK(back->image.height == 21);
    CHECK(back->image.rgb == image.rgb);
    CHECK(png_bytes(image) == bytes);
}
