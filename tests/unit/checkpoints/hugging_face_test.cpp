#include "checkpoints/hugging_face.h"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "build_zip.h"
#include "checkpoints/checkpoint.h"
#include "refusal_of.h"
#include "temporary_folder.h"

using namespace imnet;
using doctest::Contains;
using test::TemporaryFolder;

namespace {

/// A safetensors file of one float.
std::string shard_of(const std::string& tensor_name, float value) {
    const std::string header =
        R"({")" + tensor_name + R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
    return build::little_endian(std::uint64_t{header.size()}) + header + build::floats({value});
}

float only_value(const TensorView& tensor) {
    float value = 0;
    to_float32(tensor, {&value, 1});
    return value;
}

constexpr const char* index_name = "model.safetensors.index.json";

}  // namespace

TEST_CASE("a folder is read with its weights and its config") {
    const TemporaryFolder folder;
    const auto weights = folder.write("model.safetensors", shard_of("a", 1.5F));
    folder.write("config.json", R"({"model_type":"resnet"})");
    const StateDict state_dict = read_checkpoint(folder.path());
    CHECK(only_value(*state_dict.find("a")) == 1.5F);
    CHECK(state_dict.metadata.back() ==
          std::pair<std::string, std::string>{"config.json", R"({"model_type":"resnet"})"});
    CHECK(read_checkpoint(weights).metadata == state_dict.metadata);
}

TEST_CASE("the refusal of a folder without weights names the files that it should hold") {
    const TemporaryFolder folder;
    folder.write("README.md", "x");
    CHECK(refusal_of([&] { read_checkpoint(folder.path()); }) ==
          Contains("holds neither model.safetensors nor pytorch_model.bin"));
}

TEST_CASE("shards are joined, given the index or its folder") {
    const TemporaryFolder folder;
    const auto index =
        folder.write(index_name, R"({"metadata":{},"weight_map":{"b":"2.safetensors","a":"1.safetensors"}})");
    folder.write("1.safetensors", shard_of("a", 1));
    folder.write("2.safetensors", shard_of("b", 2));
    for (const auto& path : {index, folder.path()}) {
        const StateDict state_dict = read_checkpoint(path);
        CHECK(state_dict.container == "safetensors, 2 shards");
        CHECK(only_value(*state_dict.find("a")) == 1);
        CHECK(only_value(*state_dict.find("b")) == 2);
    }
    folder.write("2.safetensors", shard_of("c", 2));
    CHECK(refusal_of([&] { read_checkpoint(folder.path()); }) == Contains("does not name the tensor 'c'"));
    folder.write("2.safetensors", shard_of("a", 2));
    CHECK(refusal_of([&] { read_checkpoint(folder.path()); }) == Contains("two shards hold the tensor 'a'"));
    std::filesystem::remove(folder / "2.safetensors");
    CHECK(refusal_of([&] { read_checkpoint(folder.path()); }) ==
          Contains("2.safetensors: cannot read the checkpoint"));
}

TEST_CASE(
    "an index is refused that is damaged, names files outside its folder or tensors that do not exist") {
    const auto refusal = [](const std::string& json) {
        const TemporaryFolder folder;
        folder.write("1.safetensors", shard_of("a", 1));
        return refusal_of([&, index = folder.write(index_name, json)] { read_checkpoint(index); });
    };
    CHECK(refusal(R"({"weight_map":{"a":"../1.safetensors"}})") == Contains("places the tensor 'a' outside"));
    CHECK(refusal(R"({"weight_map":{"a":"/etc/passwd"}})") == Contains("outside of its folder"));
    CHECK(refusal(R"({"weight_map":{"a":".."}})") == Contains("outside of its folder"));
    CHECK(refusal(R"({"weight_map":{"a":1}})") == Contains("outside of its folder"));
    CHECK(refusal(R"({"weight_map":{}})") == Contains("has no weight_map"));
    CHECK(refusal(R"({"weight_map":[)") == Contains("has no weight_map"));
    CHECK(refusal(R"({"weight_map":{"a":"1.safetensors","b":"1.safetensors"}})") ==
          Contains("the tensor 'b' is missing"));
    CHECK(refusal(R"({"weight_map":")" + std::string(1 << 20, 'x')) == Contains("longer than 1 MB"));
}
