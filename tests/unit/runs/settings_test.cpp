#include "runs/settings.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("the fingerprint depends on every setting, but not on their order") {
    const std::string one = fingerprint({{"top", "5"}, {"format", "csv"}});
    CHECK(one.size() == 64);
    CHECK(fingerprint({{"format", "csv"}, {"top", "5"}}) == one);
    CHECK(fingerprint({{"top", "6"}, {"format", "csv"}}) != one);
    CHECK(fingerprint({{"top", "5"}, {"format", "csv"}, {"draft", "yes"}}) != one);
}

TEST_CASE("settings that differ are named, with both values") {
    CHECK(differences({{"top", "5"}, {"a", "b"}}, {{"a", "b"}, {"top", "5"}}).empty());
    CHECK(differences({{"top", "5"}, {"a", "b"}}, {{"a", "b"}, {"top", "3"}, {"draft", "yes"}}) ==
          "draft was not set, is yes; top was 5, is 3");
}
