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

}  // namespace

TEST_CASE("foreign files are told by their bytes") {
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
    CHECK(description("\x01\x02\x03") == Contains("no checkpoint that is known"));
}

TEST_CASE("untrusted text is shown on one line, printable and short") {
    CHECK(in_quotes("conv1.weight") == "'conv1.weight'");
    CHECK(in_quotes("a\nb\x1b[2Jc") == "'a\\x0ab\\x1b[2Jc'");
    CHECK(in_quotes("\xff") == "'\\xff'");
    CHECK(in_quotes(std::string(200, 'x')) == "'" + std::string(100, 'x') + "…'");
}
