#include "checkpoints/state_dict.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("dtypes have PyTorch's names and sizes") {
    CHECK(name(DType::bfloat16) == "bfloat16");
    CHECK(name(DType::boolean) == "bool");
    CHECK(size_of(DType::float64) == 8);
    CHECK(size_of(DType::float16) == 2);
    CHECK(size_of(DType::boolean) == 1);
}

TEST_CASE("elements are counted; a scalar has one") {
    CHECK(TensorView{.shape = {2, 3, 4}, .strides = {12, 4, 1}, .bytes = {}}.element_count() == 24);
    CHECK(TensorView{.shape = {}, .strides = {}, .bytes = {}}.element_count() == 1);
    CHECK(TensorView{.shape = {2, 0}, .strides = {1, 1}, .bytes = {}}.element_count() == 0);
}

TEST_CASE("contiguous means row by row; strides of dimensions with one or no element do not matter") {
    const auto contiguous = [](std::vector<std::int64_t> shape, std::vector<std::int64_t> strides) {
        return TensorView{.shape = shape, .strides = strides, .bytes = {}}.is_contiguous();
    };
    CHECK(contiguous({2, 3}, {3, 1}));
    CHECK(contiguous({2, 1, 3}, {3, 77, 1}));
    CHECK(contiguous({0, 3}, {5, 5}));
    CHECK_FALSE(contiguous({3, 2}, {1, 3}));
    CHECK_FALSE(contiguous({2, 2}, {0, 1}));
}

TEST_CASE("tensors are found by name") {
    StateDict state_dict;
    state_dict.tensors.emplace_back("fc.bias", TensorView{.shape = {3}, .strides = {1}, .bytes = {}});
    REQUIRE(state_dict.find("fc.bias") != nullptr);
    CHECK(state_dict.find("fc.bias")->shape == std::vector<std::int64_t>{3});
    CHECK(state_dict.find("fc") == nullptr);
}
