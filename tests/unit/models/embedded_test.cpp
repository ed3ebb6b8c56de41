#include "models/embedded.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("a table is split into rows and fields, without its header") {
    const auto rows = table_rows("index\tname\n0\ttench\n1\tgreat white shark\n");
    REQUIRE(rows.size() == 2);
    CHECK(rows[1] == std::vector<std::string_view>{"1", "great white shark"});
}
