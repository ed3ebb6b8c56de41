#include "rows/row.h"

#include <array>

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("a row matches when one of the wanted classes is among its predictions") {
    const Row row{"a.jpg", std::vector<Prediction>{{3, 0.5F}, {7, 0.2F}}};
    CHECK(holds_class(row, std::array{7}));
    CHECK(holds_class(row, std::array{1, 3}));
    CHECK_FALSE(holds_class(row, std::array{1}));
    CHECK_FALSE(holds_class({"b.jpg", input_error(InputErrorKind::io, "gone")}, std::array{3}));
}
