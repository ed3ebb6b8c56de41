#include "base/sha256.h"

#include <string_view>

#include <doctest/doctest.h>

TEST_CASE("SHA-256 of FIPS 180's examples") {
    const auto hash = [](std::string_view text) { return imnet::sha256(std::as_bytes(std::span(text))); };
    CHECK(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("bytes that are added piece by piece have the hash of the whole") {
    imnet::Sha256 hash;
    hash.add("ab");
    hash.add("");
    hash.add("c");
    CHECK(hash.digits() == imnet::sha256(std::string_view("abc")));
    CHECK(imnet::sha256(std::string_view("abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
