#include "base/base64.h"

#include <doctest/doctest.h>

TEST_CASE("base64 of RFC 4648's examples") {
    CHECK(imnet::base64("") == "");
    CHECK(imnet::base64("f") == "Zg==");
    CHECK(imnet::base64("fo") == "Zm8=");
    CHECK(imnet::base64("foobar") == "Zm9vYmFy");
    CHECK(imnet::base64("\xFF\xFE") == "//4=");
}
