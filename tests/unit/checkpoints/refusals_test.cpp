#include "checkpoints/refusals.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "build_pickle.h"

using namespace imnet;
using doctest::Contains;

namespace {

using namespace std::string_view_literals;

doctest::String description(std::string_view bytes) {
    return describe_foreign_file(build::as_bytes(bytes)).c_str();
}

// The header block of a member of a tar archive, of which only the name, the type and the magic are set.
std::string tar_header(std::string_view member, char type = '0') {
    std::string block(512, '\0');
    block.replace(0, member.size(), member);
    block[156] = type;
    block.replace(257, 5, "ustar");
    return block;
}

}  // namespace

TEST_CASE("other files are recognised by their bytes") {
    CHECK(description("version https://git-lfs.github.com/spec/v1\n") == Contains("Git LFS pointer"));
    CHECK(description("<!DOCTYPE html><html>") == Contains("HTML page"));
    CHECK(description("\xef\xbb\xbf \n<HTML>") == Contains("HTML page"));
    CHECK(description("<?xml version='1.0'?><Error>") == Contains("XML page"));
    CHECK(description("\x89HDF\r\n\x1a\n\0\0"sv) == Contains("HDF5"));
    CHECK(description("\x1f\x8b\x08") == Contains("gunzip"));
    CHECK(description("\xfd"
                      "7zXZ\0"sv) == Contains("unxz"));
    CHECK(description("\x08\x07\x12\x07pytorch"sv) == Contains("ONNX"));
    CHECK(description("\x1c\0\0\0TFL3"sv) == Contains("TensorFlow Lite"));
    CHECK(description("GGUF\3") == Contains("GGUF"));
    CHECK(description("\x89PNG\r\n") == Contains("an image"));
    CHECK(description("\x80\x04\x95\x05") == Contains("plain pickle"));
    CHECK(description("layer1.0.weight 0.5\n") == Contains("a text file"));
    CHECK(description("\x01\x02\x03") == Contains("not a checkpoint that imnet reads"));
}

TEST_CASE("the refusal of the oldest form of torch.save, a tar archive, says what to do") {
    constexpr auto advice = "weights_only=False";
    CHECK(description(tar_header("sys_info")) == Contains("before 0.1.10"));
    CHECK(description(tar_header("sys_info")) == Contains(advice));
    CHECK(description(tar_header("././@PaxHeader", 'x') + std::string(512, 'x') + tar_header("sys_info")) ==
          Contains(advice));
    CHECK(description(tar_header("model.pth")) == Contains("unpack it with 'tar -x'"));
    CHECK(description(tar_header("sys_info.txt")) == Contains("unpack it with 'tar -x'"));
    CHECK(description(tar_header("sys_info").substr(0, 511)) != Contains("tar archive"));
}

TEST_CASE("untrusted text is made printable and short, on one line") {
    CHECK(in_quotes("conv1.weight") == "'conv1.weight'");
    CHECK(in_quotes("a\nb\x1b[2Jc") == "'a\\x0ab\\x1b[2Jc'");
    CHECK(in_quotes("\xff") == "'\\xff'");
    CHECK(in_quotes(std::string(200, 'x')) == "'" + std::string(100, 'x') + "…'");
}
