#include "checkpoints/write_safetensors.h"

#include <array>

#include <doctest/doctest.h>

#include "checkpoints/checkpoint.h"
#include "temporary_folder.h"

using namespace imnet;

TEST_CASE("written tensors are read back with the same names, types, shapes and bits") {
    const std::array<float, 6> values{1, 2, 3, 4, 5, 6};
    StateDict state_dict;
    state_dict.metadata.emplace_back("epoch", "7");
    state_dict.tensors = {{"plain", {DType::float32, {2, 3}, {3, 1}, std::as_bytes(std::span(values))}},
                          {"transposed", {DType::float32, {3, 2}, {1, 3}, std::as_bytes(std::span(values))}},
                          {"scalar", {DType::float32, {}, {}, std::as_bytes(std::span(values)).first(4)}},
                          {"none", {DType::int64, {0}, {1}, {}}}};
    const test::TemporaryFolder folder;
    const std::string path = (folder / "model.safetensors").native();
    write_safetensors(path, state_dict);
    const StateDict read = read_checkpoint(path);
    REQUIRE(read.tensors.size() == 4);
    CHECK(read.tensors[0].first == "plain");
    CHECK(read.find("transposed")->shape == std::vector<std::int64_t>{3, 2});
    std::array<float, 6> transposed{};
    to_float32(*read.find("transposed"), transposed);
    CHECK(transposed == std::array<float, 6>{1, 4, 2, 5, 3, 6});
    CHECK(read.find("scalar")->shape.empty());
    CHECK(read.find("none")->element_count() == 0);
    CHECK(read.metadata.front() == std::pair<std::string, std::string>("epoch", "7"));
}

TEST_CASE("big-endian elements are byte-swapped") {
    const std::array<unsigned char, 4> one{0x3F, 0x80, 0, 0};  // 1.0F, the big end first
    const TensorView tensor{DType::float32, {1}, {1}, std::as_bytes(std::span(one)), true};
    CHECK(contiguous_bytes(tensor) == std::string("\0\0\x80\x3F", 4));
}
