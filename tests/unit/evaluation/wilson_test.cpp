#include "evaluation/wilson.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("Wilson's interval of 95 %") {
    // Newcombe 1998, Statistics in Medicine 17, table I, method 3.
    CHECK(wilson_interval(81, 263).low == doctest::Approx(0.2553).epsilon(1e-4));
    CHECK(wilson_interval(81, 263).high == doctest::Approx(0.3662).epsilon(1e-4));
    CHECK(wilson_interval(15, 148).low == doctest::Approx(0.0624).epsilon(1e-3));
    CHECK(wilson_interval(15, 148).high == doctest::Approx(0.1605).epsilon(1e-3));
    CHECK(wilson_interval(1, 29).low == doctest::Approx(0.0061).epsilon(1e-2));
    CHECK(wilson_interval(1, 29).high == doctest::Approx(0.1718).epsilon(1e-3));
}

TEST_CASE("Wilson's interval stays within 0 and 1 where all or none is right") {
    CHECK(wilson_interval(0, 20).low == 0);
    CHECK(wilson_interval(0, 20).high == doctest::Approx(0.1611).epsilon(1e-3));
    CHECK(wilson_interval(20, 20).low == doctest::Approx(0.8389).epsilon(1e-3));
    CHECK(wilson_interval(20, 20).high == 1);
    CHECK(wilson_interval(0, 0).low == 0);  // nothing is known
    CHECK(wilson_interval(0, 0).high == 1);
}
