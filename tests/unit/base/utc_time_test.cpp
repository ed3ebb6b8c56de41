#include "base/utc_time.h"

#include <regex>

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("the time is written as ISO 8601, in UTC") {
    CHECK(std::regex_match(utc_now(), std::regex(R"(20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\dZ)")));
    CHECK(std::regex_match(utc_now_in_file_name(), std::regex(R"(20\d{6}T\d{6}Z)")));
}
