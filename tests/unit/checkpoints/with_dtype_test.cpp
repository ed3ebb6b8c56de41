#include "checkpoints/with_dtype.h"

#include <array>

#include <doctest/doctest.h>

#include "base/errors.h"

using namespace imnet;

namespace {

template <typename Number, std::size_t count>
TensorView view(DType dtype, const std::array<Number, count>& numbers) {
    TensorView tensor;
    tensor.dtype = dtype;
    tensor.shape = {static_cast<std::int64_t>(count)};
    tensor.strides = {1};
    tensor.bytes = std::as_bytes(std::span(numbers));
    return tensor;
}

}  // namespace

TEST_CASE("floating-point tensors are converted; integers and metadata stay") {
    const std::array weight{1.5F, -2.0F, 1.0F / 3};
    const std::array<std::int64_t, 1> count{7};
    StateDict state_dict;
    state_dict.metadata = {{"architecture", "resnet18"}};
    state_dict.tensors = {{"weight", view(DType::float32, weight)}, {"count", view(DType::int64, count)}};

    const StateDict halves = with_dtype(state_dict, DType::float16);
    CHECK(halves.metadata == state_dict.metadata);
    CHECK(halves.find("weight")->dtype == DType::float16);
    CHECK(halves.find("weight")->bytes.size() == 6);
    CHECK(halves.find("count")->dtype == DType::int64);

    std::array<float, 3> back{};
    to_float32(*halves.find("weight"), back);
    CHECK(back == std::array{1.5F, -2.0F, 0x1.554p-2F});
}

TEST_CASE("a number that is too large for the type is refused with the tensor's name") {
    const std::array variance{70000.0F};
    StateDict state_dict;
    state_dict.tensors = {{"bn1.running_var", view(DType::float32, variance)}};
    CHECK_THROWS_WITH_AS(with_dtype(state_dict, DType::float16),
                         "bn1.running_var: 70000 is too large for float16", ModelError);
    CHECK_NOTHROW(with_dtype(state_dict, DType::bfloat16));

    const std::array huge{1.0, 1e300};
    state_dict.tensors = {{"fc.weight", view(DType::float64, huge)}};
    for (const DType wanted : {DType::float32, DType::float16, DType::bfloat16}) {
        CHECK_THROWS_AS(with_dtype(state_dict, wanted), ModelError);
    }
}
