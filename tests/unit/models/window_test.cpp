#include "models/window.h"

#include <doctest/doctest.h>

namespace {

using namespace imnet;

TEST_CASE("a fixed padding is the same on both sides, whatever the size") {
    const Window window{.kernel = 7, .stride = 2, .padding = 3};
    CHECK(window.padding_for(224).before == 3);
    CHECK(window.padding_for(5).after == 3);
    CHECK(window.outputs_for(224) == 112);
    CHECK(window.outputs_for(225) == 113);
}

TEST_CASE("TensorFlow's SAME padding gives ⌈size / stride⌉ outputs, with the odd zero behind") {
    const Window window{.kernel = 3, .stride = 2, .same = true};
    CHECK(window.padding_for(224).before == 0);
    CHECK(window.padding_for(224).after == 1);
    CHECK(window.padding_for(225).before == 1);
    CHECK(window.padding_for(225).after == 1);
    for (int size = 1; size < 40; ++size) CHECK(window.outputs_for(size) == (size + 1) / 2);

    const Window wide{.kernel = 5, .stride = 2, .same = true};
    CHECK(wide.padding_for(56).before == 1);
    CHECK(wide.padding_for(56).after == 2);
    CHECK(wide.padding_for(65).before == 2);
    CHECK(wide.padding_for(65).after == 2);
}

TEST_CASE("a window that is narrower than its stride needs no padding") {
    const Window window{.kernel = 1, .stride = 2, .same = true};
    CHECK(window.padding_for(8).after == 0);
    CHECK(window.outputs_for(8) == 4);
    CHECK(window.outputs_for(7) == 4);
}

}  // namespace
