#include "base/nearest_names.h"

#include <array>

#include <doctest/doctest.h>

using imnet::nearest_names;

TEST_CASE("suggestions for a mistyped name are sorted by distance") {
    constexpr std::array<std::string_view, 4> known{"--format", "--follow", "--labels", "--top"};
    CHECK(nearest_names("--formt", known) == std::vector<std::string_view>{"--format"});
    CHECK(nearest_names("--tpo", known) == std::vector<std::string_view>{});  // two edits in five letters
    CHECK(nearest_names("--folow", known).front() == "--follow");
    CHECK(nearest_names("--something-else", known).empty());
}
