#include "checkpoints/hugging_face.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "build_zip.h"
#include "checkpoints/checkpoint.h"
#include "refusal_of.h"
#include "temporary_file.h"

using namespace imnet;
using doctest::Contains;

namespace {

/// A safetensors file of one float.
std::string shard_of(const std::string& tensor_name, float value) {
    const std::string header =
        R"({")" + tensor_name + R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
    return build::little_endian(std::uint64_t{header.size()}) + header + build::floats({value});
}

void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

float only_value(const TensorView& tensor) {
    float value = 0;
    to_float32(tensor, {&value, 1});
    return value;
}

constexpr const char* index_name = "model.safetensors.index.json";

}  // namespace

TEST_CASE("a folder gives its weights, with the config beside them") {
    const TemporaryFile weights(shard_of("a", 1.5F), "model.safetensors");
    const auto folder = weights.path().parent_path();
    write(folder / "config.json", R"({"model_type":"resnet"})");
    const StateDict state_dict = read_checkpoint(folder);
    CHECK(only_value(*state_dict.find("a")) == 1.5F);
    CHECK(state_dict.metadata.back() ==
          std::pair<std::string, std::string>{"config.json", R"({"model_type":"resnet"})"});
    CHECK(read_checkpoint(weights.path()).metadata == state_dict.metadata);
}

TEST_CASE("a folder without weights says what belongs there") {
    const TemporaryFile other("x", "README.md");
    CHECK(refusal_of([&] { read_checkpoint(other.path().parent_path()); }) ==
          Contains("holds neither model.safetensors nor pytorch_model.bin"));
}

TEST_CASE("shards are put together, by the index or its folder") {
    const TemporaryFile index(R"({"metadata":{},"weight_map":{"b":"2.safetensors","a":"1.safetensors"}})",
                              index_name);
    const auto folder = index.path().parent_path();
    write(folder / "1.safetensors", shard_of("a", 1));
    write(folder / "2.safetensors", shard_of("b", 2));
    for (const auto& path : {index.path(), folder}) {
        const StateDict state_dict = read_checkpoint(path);
        CHECK(state_dict.container == "safetensors, 2 shards");
        CHECK(only_value(*state_dict.find("a")) == 1);
        CHECK(only_value(*state_dict.find("b")) == 2);
    }
    write(folder / "2.safetensors", shard_of("c", 2));
    CHECK(refusal_of([&] { read_checkpoint(folder); }) == Contains("does not name the tensor 'c'"));
    write(folder / "2.safetensors", shard_of("a", 2));
    CHECK(refusal_of([&] { read_checkpoint(folder); }) == Contains("two shards hold the tensor 'a'"));
    std::filesystem::remove(folder / "2.safetensors");
    CHECK(refusal_of([&] { read_checkpoint(folder); }) ==
          Contains("2.safetensors: cannot read the checkpoint"));
}

TEST_CASE("an index that reaches out of its folder, is broken or promises too much is refused") {
    const auto refusal = [](const std::string& json) {
        const TemporaryFile index(json, index_name);
        write(index.path().parent_path() / "1.safetensors", shard_of("a", 1));
        return refusal_of([&] { read_checkpoint(index.path()); });
    };
    CHECK(refusal(R"({"weight_map":{"a":"../1.safetensors"}})") == Contains("puts the tensor 'a' outside"));
    CHECK(refusal(R"({"weight_map":{"a":"/etc/passwd"}})") == Contains("outside of its folder"));
    CHECK(refusal(R"({"weight_map":{"a":".."}})") == Contains("outside of its folder"));
    CHECK(refusal(R"({"weight_map":{"a":1}})") == Contains("outside of its folder"));
    CHECK(refusal(R"({"weight_map":{}})") == Contains("has no weight_map"));
    CHECK(refusal(R"({"weight_map":[)") == Contains("has no weight_map"));
    CHECK(refusal(R"({"weight_map":{"a":"1.safetensors","b":"1.safetensors"}})") ==
          Contains("the tensor 'b' is missing"));
    CHECK(refusal(R"({"weight_map":")" + std::string(1 << 20, 'x')) == Contains("longer than 1 MB"));
}
