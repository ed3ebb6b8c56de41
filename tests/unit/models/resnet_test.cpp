#include "models/resnet.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace imnet;

const Step& step(const Architecture& net, const std::string& module) {
    return *std::ranges::find(net.steps, module, &Step::module);
}

/// Names of the steps of one block, in order, without the path of the block.
std::vector<std::string> steps_of(const Architecture& net, const std::string& block) {
    std::vector<std::string> names;
    for (const Step& s : net.steps)
        if (s.module == block || s.module.starts_with(block + "."))
            names.push_back(s.module.substr(block.size()));
    return names;
}

TEST_CASE("a basic block is two 3×3 convolutions and a shortcut") {
    const Architecture net = resnet({"resnet18", false, {2, 2, 2, 2}}, 1000);
    CHECK(steps_of(net, "layer1.0") ==
          std::vector<std::string>{".conv1", ".bn1", ".relu", ".conv2", ".bn2", "", ".relu"});
    CHECK(steps_of(net, "layer2.0") == std::vector<std::string>{".conv1", ".bn1", ".relu", ".conv2", ".bn2",
                                                                ".downsample.0", ".downsample.1", "",
                                                                ".relu"});
    CHECK(step(net, "layer2.0.conv1").window.stride == 2);
    CHECK(step(net, "layer2.0.downsample.0").window.stride == 2);
    CHECK(step(net, "layer2.1.conv1").window.stride == 1);
}

TEST_CASE("the stride of a bottleneck is on its 3×3 convolution") {
    const Architecture net = resnet({"resnet50", true, {3, 4, 6, 3}}, 1000);
    CHECK(step(net, "layer3.0.conv1").window.stride == 1);
    CHECK(step(net, "layer3.0.conv2").window.stride == 2);
    CHECK(step(net, "layer3.0.conv3").out_channels == 1024);
    CHECK(step(net, "layer1.0.downsample.0").window.stride == 1);
    CHECK(steps_of(net, "layer1.1").size() == 10);
}

TEST_CASE("ResNeXt has grouped and Wide ResNet wider 3×3 convolutions, with the same output channels") {
    const Architecture resnext = resnet({"resnext50_32x4d", true, {3, 4, 6, 3}, 32, 4}, 1000);
    CHECK(step(resnext, "layer1.0.conv2").groups == 32);
    CHECK(step(resnext, "layer1.0.conv2").out_channels == 128);
    CHECK(step(resnext, "layer1.0.conv3").out_channels == 256);

    const Architecture wide = resnet({"wide_resnet50_2", true, {3, 4, 6, 3}, 1, 128}, 1000);
    CHECK(step(wide, "layer1.0.conv2").groups == 1);
    CHECK(step(wide, "layer1.0.conv2").out_channels == 128);
    CHECK(step(wide, "layer4.0.conv2").out_channels == 1024);
    CHECK(step(wide, "layer4.0.conv3").out_channels == 2048);
}

TEST_CASE("the state dict starts and ends with torchvision's entries") {
    const Architecture net = resnet({"resnet18", false, {2, 2, 2, 2}}, 1000);
    CHECK(net.parameters.front().name == "conv1.weight");
    CHECK(net.parameters.front().shape == Shape{64, 3, 7, 7});
    CHECK(net.parameters.back().name == "fc.bias");
    CHECK(net.parameters.size() == 122);
    CHECK(net.head == "fc");
}

}  // namespace
