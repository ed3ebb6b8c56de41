#include "preprocess/read_picture.h"

#include <doctest/doctest.h>

#include "codecs/decode.h"
#include "codecs/orientation.h"
#include "codecs/picture_bytes.h"
#include "temporary_folder.h"

using namespace imnet;
using namespace imnet::test;

TEST_CASE("a picture is turned upright") {
    for (const char* name : {"photo-RGB.png", "turned-6-II.png", "turned-6-II.jpg"}) {
        CAPTURE(name);
        Input input{golden_folder() / name};
        const auto picture = read_picture(input);
        REQUIRE(picture.has_value());
        const DecodedImage stored = *decode(golden(name));
        CHECK(picture->rgb == orient(stored.image, stored.orientation).rgb);
    }
}

TEST_CASE("what is wrong with a picture is an error") {
    const TemporaryFolder folder;
    Input missing{folder / "missing.png"};
    CHECK(read_picture(missing).error().kind == InputErrorKind::not_found);
    Input text{folder.write("text.png", "no picture")};
    CHECK(read_picture(text).error().kind == InputErrorKind::format);
    Input large{golden_folder() / "photo-RGB.png"};
    CHECK(read_picture(large, {.max_pixels = 10}).error().kind == InputErrorKind::limits);
}
