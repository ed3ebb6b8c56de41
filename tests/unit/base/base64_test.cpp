#include "base/base64.h"

#include <doctest/doctest.h>

TEST_CASE("base64 of RFC 4648's examples") {
    CHECK(imnet::base64("") == "");
    CHECK(imnet::base64("f") == "Zg==");
    CHECK(imnet::base64("fo") == "Zm8=");
    CHECK(imnet::base64("foobar") == "Zm9vYmFy");
    CHECK(imnet::base64("\xFF\xFE") == "//4=");
}

TEST_CASE("base64 comes back as the bytes that it stands for, or not at all") {
    for (const std::string bytes : {"", "f", "fo", "foo", "a\xFF\n"}) {
        CHECK(imnet::bytes_of_base64(imnet::base64(bytes)) == bytes);
    }
    for (const char* text : {"Zg=", "Z===", "Zh==", "Zm9v\n", "!!!!"})
        CHECK_FALSE(imnet::bytes_of_base64(text));
}
