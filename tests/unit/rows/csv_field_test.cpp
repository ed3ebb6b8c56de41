#include "rows/csv_field.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("fields of a table with commas") {
    CHECK(csv_field("tabby") == "tabby");
    CHECK(csv_field("tench, Tinca") == "\"tench, Tinca\"");
    CHECK(csv_field("a \"b\"") == "\"a \"\"b\"\"\"");
    CHECK(csv_field("two\nlines") == "\"two\nlines\"");
}
