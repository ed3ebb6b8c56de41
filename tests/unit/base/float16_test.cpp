#include "base/float16.h"

#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "checkpoints/state_dict.h"

using namespace imnet;

namespace {

float value_of(std::uint16_t half) {
    float value = 0;
    TensorView tensor;
    tensor.dtype = DType::float16;
    tensor.shape = tensor.strides = {1};
    tensor.bytes = std::as_bytes(std::span(&half, 1));
    to_float32(tensor, {&value, 1});
    return value;
}

}  // namespace

TEST_CASE("every half keeps its bits when it is converted to float32 and back") {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        if ((half & 0x7FFFU) > 0x7C00U) continue;  // a NaN stays one, with other bits
        REQUIRE(to_float16(value_of(half)) == half);
    }
    CHECK(std::isnan(value_of(to_float16(std::numeric_limits<float>::quiet_NaN()))));
}

TEST_CASE("a value between two halves is rounded to nearest, ties to even") {
    for (std::uint16_t half = 0; half < 0x7BFF; ++half) {
        const float low = value_of(half), high = value_of(static_cast<std::uint16_t>(half + 1));
        const float middle = low + (high - low) / 2;
        REQUIRE(to_float16(middle) == (half % 2 == 0 ? half : half + 1));
        REQUIRE(to_float16(std::nextafter(middle, low)) == half);
        REQUIRE(to_float16(std::nextafter(middle, high)) == half + 1);
        REQUIRE(to_float16(-middle) == (0x8000U | to_float16(middle)));
    }
}

TEST_CASE("values that are too large become infinity") {
    CHECK(to_float16(65519.99F) == 0x7BFF);
    CHECK(to_float16(65520.0F) == 0x7C00);
    CHECK(to_float16(-1e30F) == 0xFC00);
}
