#include "base/byte_reader.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "codecs/picture_bytes.h"

using namespace imnet;
using namespace imnet::test;

TEST_CASE("numbers are read in both byte orders") {
    const Bytes bytes = bytes_of("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d");
    ByteReader reader(bytes);
    CHECK(reader.u8() == 0x01);
    CHECK(reader.u16_le() == 0x0302);
    CHECK(reader.u16_be() == 0x0405);
    CHECK(reader.u32_le() == 0x09080706);
    CHECK(reader.u32_be() == 0x0a0b0c0d);
    CHECK(reader.remaining() == 0);
    CHECK_FALSE(reader.overran());
}

TEST_CASE("past the end it returns zeros and reports an overrun") {
    const Bytes bytes = bytes_of("\x11\x22\x33");
    ByteReader reader(bytes);
    CHECK(as_text(reader.take(2)) == "\x11\x22");
    CHECK(reader.take(2).empty());
    CHECK(reader.overran());
    CHECK(reader.u32_le() == 0);
    CHECK(reader.remaining() == 0);
}
