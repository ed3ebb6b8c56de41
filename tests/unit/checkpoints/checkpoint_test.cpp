#include "checkpoints/checkpoint.h"

#include <bit>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/json.h"
#include "build_zip.h"
#include "refusal_of.h"
#include "temporary_folder.h"

using namespace imnet;
using doctest::Contains;

namespace {

const std::filesystem::path golden = std::filesystem::path(IMNET_GOLDEN) / "checkpoints";

Json expected_tensors() {
    std::ifstream file(golden / "expected.json");
    return Json::parse(std::string(std::istreambuf_iterator(file), {}));
}

/// Bit patterns of the values as float32, with one pattern for every NaN.
std::vector<std::uint32_t> bits_of(const TensorView& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.element_count()));
    to_float32(tensor, values);
    std::vector<std::uint32_t> bits;
    for (const float value : values) {
        bits.push_back(value != value ? 0x7fc00000 : std::bit_cast<std::uint32_t>(value));
    }
    return bits;
}

doctest::String refusal_of_bytes(std::string_view bytes) {
    const test::TemporaryFolder folder;
    const auto path = folder.write("model.pth", bytes);
    const auto message = refusal_of([&] { read_checkpoint(path); });
    const std::string start = path.string() + ": ";
    REQUIRE(std::string_view(message.c_str()).starts_with(start));
    return message.c_str() + start.size();
}

}  // namespace

TEST_CASE("files of real PyTorch and safetensors give the values that were saved") {
    const Json expected = expected_tensors();
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(golden)) {
        if (entry.path().extension() == ".json") continue;
        CAPTURE(entry.path().filename().string());
        const StateDict state_dict = read_checkpoint(entry.path());
        CHECK(state_dict.tensors.size() == expected.size());
        for (const auto& named : state_dict.tensors) {
            CAPTURE(named.first);
            const auto& [tensor_name, tensor] = named;
            const Json& wanted = expected.at(tensor_name);
            CHECK(name(tensor.dtype) == wanted.at("dtype").get<std::string>());
            CHECK(tensor.shape == wanted.at("shape").get<std::vector<std::int64_t>>());
            CHECK(bits_of(tensor) == wanted.at("bits").get<std::vector<std::uint32_t>>());
        }
        ++files;
    }
    CHECK(files == 7);
}

TEST_CASE("views are valid as long as the owner lives, even after the file's name was removed") {
    StateDict state_dict;
    {
        const test::TemporaryFolder folder;
        state_dict = read_checkpoint(
            folder.write("a.safetensors", build::little_endian(std::uint64_t{54}) +
                                              R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})" +
                                              build::floats({1, 2})));
    }
    CHECK(bits_of(state_dict.tensors.at(0).second) ==
          std::vector{std::bit_cast<std::uint32_t>(1.0F), std::bit_cast<std::uint32_t>(2.0F)});
}

TEST_CASE("a file without weights is refused in one line that begins with its path") {
    CHECK(refusal_of_bytes("") == "the file is empty: copy or download it again");
    CHECK(refusal_of_bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 102530333\n") ==
          "this is a Git LFS pointer, not a checkpoint: run 'git lfs pull'");
    CHECK(refusal_of_bytes("PK\x03\x04 and then nothing") == Contains("the file is truncated"));
}

TEST_CASE("a file that cannot be opened is refused in the same way") {
    CHECK(refusal_of([] { read_checkpoint("/nonexistent/model.pth"); }) ==
          "/nonexistent/model.pth: cannot read the checkpoint: No such file or directory");
    CHECK(refusal_of([] { read_checkpoint("/dev/null"); }) ==
          Contains("/dev/null: cannot read the checkpoint"));
}
