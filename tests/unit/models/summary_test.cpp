#include "models/summary.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace imnet;

TEST_CASE("print_model prints what PyTorch's print(model) does") {
    const std::string text = print_model(architecture("resnet18"));
    CHECK(text.starts_with(
        "ResNet(\n"
        "  (conv1): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)\n"
        "  (bn1): BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)\n"
        "  (relu): ReLU(inplace=True)\n"
        "  (maxpool): MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)\n"
        "  (layer1): Sequential(\n"
        "    (0): BasicBlock(\n"));
    CHECK(
        text.ends_with("    )\n"
                       "  )\n"
                       "  (avgpool): AdaptiveAvgPool2d(output_size=(1, 1))\n"
                       "  (fc): Linear(in_features=512, out_features=1000, bias=True)\n"
                       ")\n"));
}

TEST_CASE("the details of a module with children have a line of their own") {
    CHECK(print_model(architecture("resnetv2_50"))
              .find("  (norm): BatchNormAct2d(\n"
                    "    2048, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True\n"
                    "    (drop): Identity()\n"
                    "    (act): ReLU(inplace=True)\n"
                    "  )\n") != std::string::npos);
}

TEST_CASE("a convolution with TensorFlow's padding, and a norm without an activation") {
    const std::string text = print_model(architecture("tf_efficientnet_lite0"));
    CHECK(
        text.starts_with("EfficientNet(\n"
                         "  (conv_stem): Conv2dSame(3, 32, kernel_size=(3, 3), stride=(2, 2), bias=False)\n"
                         "  (bn1): BatchNormAct2d(\n"
                         "    32, eps=0.001, momentum=0.1, affine=True, track_running_stats=True\n"
                         "    (drop): Identity()\n"
                         "    (act): ReLU6(inplace=True)\n"
                         "  )\n"));
    CHECK(text.find("        (bn2): BatchNormAct2d(\n"
                    "          16, eps=0.001, momentum=0.1, affine=True, track_running_stats=True\n"
                    "          (drop): Identity()\n"
                    "          (act): Identity()\n"
                    "        )\n") != std::string::npos);
}

/// What follows `shown` in its line of the summary, without leading spaces.
std::string line(const std::string& text, const std::string& shown) {
    const std::size_t at = text.find(shown);
    REQUIRE(at != std::string::npos);
    const std::size_t end = text.find('\n', at);
    const std::string columns = text.substr(at + shown.size(), end - at - shown.size());
    const std::size_t start = columns.find_first_not_of(' ');
    return start == std::string::npos ? "" : columns.substr(start);
}

TEST_CASE("the summary adds output shapes and parameters") {
    const std::string text = summary(architecture("resnet50"), 224, 224);
    CHECK(line(text, "ResNet(") == "[1, 1000]               25,557,032");
    CHECK(
        line(text, "(maxpool): MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False)") ==
        "[1, 64, 56, 56]");
    CHECK(line(text, "(layer4): Sequential(") == "[1, 2048, 7, 7]         14,964,736");
    CHECK(line(text, "AdaptiveAvgPool2d(output_size=(1, 1))") == "[1, 2048, 1, 1]");
    CHECK(line(text, "Linear(in_features=2048, out_features=1000, bias=True)") ==
          "[1, 1000]                2,049,000");
}

TEST_CASE("a pool that flattens leaves no map") {
    const std::string text = summary(architecture("tf_efficientnet_lite0"), 224, 224);
    CHECK(line(text, "SelectAdaptivePool2d(pool_type=avg, flatten=Flatten(start_dim=1, end_dim=-1))") ==
          "[1, 1280]");
}

TEST_CASE("the columns are aligned, without trailing spaces") {
    const std::string text = summary(architecture("resnetv2_50"), 224, 224);
    CHECK(text.find(" \n") == std::string::npos);
    const auto column_of = [&](const std::string& shown) {
        const std::size_t at = text.find(shown);
        return at - (text.rfind('\n', at) + 1);
    };
    CHECK(column_of("[1, 1000]") == column_of("[1, 64, 56, 56]"));
    CHECK(text.substr(0, text.find("output shape")).size() == column_of("[1, 1000]"));
}

TEST_CASE("digits are grouped by thousands") {
    CHECK(grouped_digits(0) == "0");
    CHECK(grouped_digits(999) == "999");
    CHECK(grouped_digits(1000) == "1,000");
    CHECK(grouped_digits(25'557'032) == "25,557,032");
}

}  // namespace
