#include "images/png_crc32.h"

#include <doctest/doctest.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;

TEST_CASE("the CRC-32 of known texts") {
    CHECK(png_crc32({}) == 0);
    CHECK(png_crc32(bytes_of("123456789")) == 0xCBF43926);
    CHECK(png_crc32(bytes_of("IEND")) == 0xAE426082);
    CHECK(png_crc32(bytes_of("The quick brown fox jumps over the lazy dog")) == 0x414FA339);
}
