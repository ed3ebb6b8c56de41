#include "checkpoints/safetensors.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "build_zip.h"
#include "refusal_of.h"

using namespace imnet;
using namespace imnet::build;
using doctest::Contains;

namespace {

std::string file_of(const std::string& header, const std::string& data) {
    return little_endian(std::uint64_t{header.size()}) + header + data;
}

doctest::String refusal(const std::string& file) {
    return refusal_of([&] { read_safetensors(as_bytes(file)); });
}

/// The refusal of a header before 8 bytes of data.
doctest::String header_refusal(const std::string& header) {
    return refusal(file_of(header, std::string(8, '\0')));
}

std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

}  // namespace

TEST_CASE("tensors and metadata are read, in the order of the header") {
    const std::string header = R"({"__metadata__":{"format":"pt"},"b":)" + entry("F32", "[2]", "[0,8]") +
                               R"(,"a":)" + entry("BF16", "[1,2]", "[8,12]") + R"(,"empty":)" +
                               entry("I64", "[0,3]", "[12,12]") + R"(,"scalar":)" +
                               entry("U8", "[]", "[12,13]") + "}   ";
    const std::string file = file_of(header, floats({1, 2}) + std::string("\x80\x3f\x00\x40", 4) + "\x07");
    REQUIRE(is_safetensors(as_bytes(file)));
    const StateDict state_dict = read_safetensors(as_bytes(file));
    CHECK(state_dict.container == "safetensors");
    REQUIRE(state_dict.tensors.size() == 4);
    CHECK(state_dict.tensors[0].first == "b");
    CHECK(state_dict.find("a")->shape == std::vector<std::int64_t>{1, 2});
    CHECK(state_dict.find("a")->strides == std::vector<std::int64_t>{2, 1});
    std::vector<float> values(2);
    to_float32(*state_dict.find("a"), values);
    CHECK(values == std::vector<float>{1, 2});
    CHECK(state_dict.find("empty")->element_count() == 0);
    CHECK(state_dict.metadata == std::vector<std::pair<std::string, std::string>>{{"format", "pt"}});
}

TEST_CASE("a header that is too long, cut or not an object is refused") {
    CHECK(refusal(little_endian(std::uint64_t{100'000'001}) + "{}") == Contains("longer than 100,000,000"));
    CHECK(refusal(little_endian(std::uint64_t{50}) + "{}") ==
          Contains("has 50 bytes, but the file ends after 2"));
    CHECK(refusal(little_endian(~std::uint64_t{0}) + "{}") == Contains("does not start with its length"));
    CHECK(refusal(file_of(" {}", "")) == Contains("does not start with its length and '{'"));
    CHECK(refusal(file_of("[]", "")) == Contains("does not start with its length and '{'"));
    CHECK(refusal("1234567") == Contains("does not start with its length and '{'"));
    CHECK(refusal(little_endian(std::uint64_t{0}) + "{}") == Contains("is not JSON"));
    CHECK(header_refusal(R"({"a":)") == Contains("is not JSON at byte"));
    CHECK(header_refusal("{}{}") == Contains("is not JSON at byte"));
    CHECK(header_refusal("{\"\xff\":1}") == Contains("is not JSON at byte"));
}

TEST_CASE("duplicate keys are refused at every level") {
    const std::string one = entry("F32", "[1]", "[0,4]");
    CHECK(header_refusal(R"({"a":)" + one + R"(,"a":)" + one + "}") == Contains("the key 'a' twice"));
    CHECK(header_refusal(R"({"a":)" + one + R"(,"\u0061":)" + one + "}") == Contains("the key 'a' twice"));
    CHECK(header_refusal(R"({"__metadata__":{"x":"1","x":"2"}})") == Contains("the metadata 'x' twice"));
    CHECK(header_refusal(R"({"__metadata__":{},"__metadata__":{}})") == Contains("'__metadata__' twice"));
    CHECK(header_refusal(R"({"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}})") ==
          Contains("'dtype' twice"));
    CHECK(header_refusal(R"({"a":{"shape":[1],"shape":[1]}})") == Contains("'shape' twice"));
    CHECK(header_refusal(R"({"a":{"data_offsets":[0,4],"data_offsets":[0,4]}})") ==
          Contains("'data_offsets' twice"));
}

TEST_CASE("fields that are unknown, missing or of the wrong type are refused") {
    CHECK(header_refusal(R"({"a":1})") == Contains("wrong type under 'a'"));
    CHECK(header_refusal(R"({"a":null})") == Contains("wrong type under 'a'"));
    CHECK(header_refusal(R"({"a":[]})") == Contains("wrong type under 'a'"));
    CHECK(header_refusal(R"({"a":{"dtype":4}})") == Contains("wrong type under 'dtype'"));
    CHECK(header_refusal(R"({"a":{"shape":"4"}})") == Contains("wrong type under 'shape'"));
    CHECK(header_refusal(R"({"a":{"shape":[-1]}})") == Contains("wrong type under 'shape'"));
    CHECK(header_refusal(R"({"a":{"shape":[1.5]}})") == Contains("wrong type under 'shape'"));
    CHECK(header_refusal(R"({"a":{"shape":[[1]]}})") == Contains("wrong type under 'shape'"));
    CHECK(header_refusal(R"({"a":{"shape":[true]}})") == Contains("wrong type under 'shape'"));
    CHECK(header_refusal(R"({"a":{"other":"4"}})") == Contains("wrong type under 'other'"));
    CHECK(header_refusal(R"({"a":{"dtype":{}}})") == Contains("has an object where none is allowed"));
    CHECK(header_refusal(R"({"__metadata__":{"x":{}}})") == Contains("has an object where none is allowed"));
    CHECK(header_refusal(R"({"__metadata__":{"x":1}})") == Contains("wrong type under 'x'"));
    CHECK(header_refusal(R"({"a":{"dtype":"F32","shape":[1]}})") == Contains("lacks its dtype, shape"));
    CHECK(header_refusal(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})") ==
          Contains("lacks its dtype, shape"));
    CHECK(header_refusal(R"({"a":{"shape":[1],"data_offsets":[0,4]}})") ==
          Contains("lacks its dtype, shape"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[1]", "[0]") + "}") == Contains("two data_offsets"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[1]", "[0,4,8]") + "}") == Contains("two data_offsets"));
    CHECK(header_refusal(R"({"a":)" + entry("F8_E4M3", "[8]", "[0,8]") + "}") ==
          "the tensor 'a' is of type 'F8_E4M3', which is not read: save it as F32");
    CHECK(header_refusal(R"({"":)" + entry("F32", "[2]", "[0,8]") + "}") == Contains("name has 0 bytes"));
}

TEST_CASE("offsets must match the sizes, leave no gap and end with the file") {
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[2]", "[0,8]") + "}") == "(not refused)");
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[1]", "[0,8]") + "}") ==
          Contains("another size than its shape"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[2]", "[8,0]") + "}") ==
          Contains("another size than its shape"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[3]", "[0,12]") + "}") ==
          Contains("4 bytes beyond the end"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[1]", "[0,4]") + "}") ==
          Contains("take 4 bytes, but 8 follow the header"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[1]", "[4,8]") + "}") ==
          Contains("does not begin where"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[1]", "[0,4]") + R"(,"b":)" +
                         entry("U8", "[3]", "[5,8]") + "}") == Contains("'b' does not begin where"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[2]", "[0,8]") + R"(,"b":)" +
                         entry("F32", "[1]", "[4,8]") + "}") == Contains("'b' does not begin where"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[4611686018427387904,4]", "[0,8]") + "}") ==
          Contains("size that overflows"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[9223372036854775807]", "[0,8]") + "}") ==
          Contains("size that overflows"));
    CHECK(header_refusal(R"({"a":)" + entry("F32", "[18446744073709551615]", "[0,8]") + "}") ==
          Contains("size that overflows"));
    CHECK(header_refusal("{}") == Contains("take 0 bytes, but 8 follow"));
}

TEST_CASE("texts and numbers of a megabyte are refused, with and without escapes") {
    const std::string long_text((1 << 20) + 1, 'x');
    CHECK(header_refusal(R"({"__metadata__":{"x":")" + long_text + R"("}})") == Contains("longer than 1 MB"));
    std::string quotes;
    for (int i = 0; i <= 1 << 19; ++i) quotes += R"(\")";
    CHECK(header_refusal(R"({"__metadata__":{"x":")" + quotes + R"("}})") == Contains("longer than 1 MB"));
    CHECK(header_refusal(R"({"a":{"shape":[)" + std::string(1 << 20, '1')) == Contains("longer than 1 MB"));
}

TEST_CASE("a nesting of 100,000 levels is refused at the second level") {
    CHECK(header_refusal(R"({"a":{"shape":)" + std::string(100'000, '[')) ==
          Contains("wrong type under 'shape'"));
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
    CHECK(header_refusal(objects) == Contains("has an object where none is allowed"));
}
