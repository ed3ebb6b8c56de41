#include "base/crc32.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("CRC-32 gives the check value of its specification") {
    const std::string digits = "123456789";
    CHECK(crc32(std::as_bytes(std::span(digits))) == 0xCBF43926);
    CHECK(crc32({}) == 0);
}

TEST_CASE("CRC-32 agrees with its definition, bit by bit, for every length and alignment") {
    std::vector<std::byte> bytes(400);
    std::uint32_t state = 1;
    for (std::byte& byte : bytes) byte = static_cast<std::byte>((state = state * 1664525 + 1013904223) >> 24);
    for (std::size_t offset = 0; offset < 17; ++offset) {
        std::uint32_t expected = ~0U;
        for (std::size_t size = 0; size + offset < bytes.size(); ++size) {
            REQUIRE(crc32(std::span(bytes).subspan(offset, size)) == ~expected);
            expected ^= std::to_integer<std::uint32_t>(bytes[offset + size]);
            for (int bit = 0; bit < 8; ++bit) expected = expected >> 1 ^ (expected & 1) * 0xEDB88320;
        }
    }
}
