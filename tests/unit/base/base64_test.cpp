#include "base/base64.h"

#include <doctest/doctest.h>

TEST_CASE("base64 of RFC 4648's examples") {
    CHECK(imnet::base64("") == "");
    CHECK(imnet::base64("f") == "Zg==");
    CHECK(imnet::base64("fo") == "Zm8=");
    CHECK(imnet::base64("foobar") == "Zm9vYmFy");
    CHECK(imnet::base64("\xFF\xFE") == "//4=");
}

TEST_CASE("base64 is decoded, and malformed base64 is refused") {
    for (const char* bytes : {"", "f", "fo", "foo", "foobar", "\xFF\xFE"}) {
        CHECK(imnet::bytes_of_base64(imnet::base64(bytes)) == bytes);
    }
    for (const char* text : {"Z", "Zg=", "Zg", "Zh==", "Z!==", "Zg==Zg==", " Zg==", "===="}) {
        CHECK_MESSAGE(!imnet::bytes_of_base64(text), text);
    }
}
