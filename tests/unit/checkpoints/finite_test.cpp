#include "checkpoints/finite.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "refusal_of.h"

using namespace imnet;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

template <typename T>
doctest::String refusal(const std::vector<T>& values, DType dtype, std::int64_t stride = 1,
                        bool big_endian = false) {
    StateDict state_dict;
    const auto count = static_cast<std::int64_t>(values.size()) / stride;
    state_dict.tensors.emplace_back(
        "fc.bias", TensorView{dtype, {count}, {stride}, std::as_bytes(std::span(values)), big_endian});
    return refusal_of([&] { check_finite(state_dict, "model.pth"); });
}

}  // namespace

TEST_CASE("the first tensor with NaN or infinity is named") {
    CHECK(refusal<float>({1, std::nanf(""), 2}, DType::float32) ==
          "model.pth: the tensor 'fc.bias' holds NaN or infinite values, so every prediction would be NaN: "
          "use another "
          "checkpoint of the training");
}

TEST_CASE("every floating-point type is checked up to its last element") {
    const doctest::String fine = "(not refused)";
    std::vector<float> many(10'001, 3.4e38F);
    CHECK(refusal(many, DType::float32) == fine);
    many.back() = -infinity;
    CHECK(refusal(many, DType::float32) != fine);
    CHECK(refusal<double>({1e38, -1e38}, DType::float64) == fine);
    CHECK(refusal<double>({1e38, 1e39}, DType::float64) != fine);
    CHECK(refusal<std::uint16_t>({0x7BFF, 0xFBFF}, DType::float16) == fine);
    CHECK(refusal<std::uint16_t>({0x7BFF, 0xFC00}, DType::float16) != fine);
    CHECK(refusal<std::uint16_t>({0x7F7F, 0xFF7F}, DType::bfloat16) == fine);
    CHECK(refusal<std::uint16_t>({0x7F7F, 0x7FC0}, DType::bfloat16) != fine);
    CHECK(refusal<std::uint8_t>({255, 255}, DType::uint8) == fine);
    CHECK(refusal<std::int64_t>({-1}, DType::int64) == fine);
}

TEST_CASE("only the elements of the tensor are checked, in its byte order") {
    CHECK(refusal<float>({1, infinity, 2, infinity}, DType::float32, 2) == "(not refused)");
    CHECK(refusal<float>({1, 2, infinity, 3}, DType::float32, 2) != "(not refused)");
    CHECK(refusal<std::uint32_t>({0x0000807F}, DType::float32, 1, true) != "(not refused)");
    CHECK(refusal<std::uint32_t>({0x7F800000}, DType::float32, 1, true) == "(not refused)");
}
