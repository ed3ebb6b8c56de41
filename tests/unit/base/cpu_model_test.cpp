#include "base/cpu_model.h"

#include <doctest/doctest.h>

TEST_CASE("the processor's name is one line") {
    CHECK_FALSE(imnet::cpu_model().empty());
    CHECK(imnet::cpu_model().find('\n') == std::string::npos);
}
