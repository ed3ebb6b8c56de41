#include "models/resnetv2.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace {

using namespace imnet;

const Step& step(const Architecture& net, const std::string& module) {
    return *std::ranges::find(net.steps, module, &Step::module);
}

TEST_CASE("the shortcut reads relu(norm1) in the first block of a stage, the block's input in the others") {
    const Architecture net = architecture("resnetv2_50", 1000);
    const int activated = step(net, "stages.1.blocks.0.norm1.act").output;
    CHECK(step(net, "stages.1.blocks.0.conv1").input == activated);
    CHECK(step(net, "stages.1.blocks.0.downsample.conv").input == activated);
    CHECK(step(net, "stages.1.blocks.0").other == step(net, "stages.1.blocks.0.downsample.conv").output);

    const int block_input = step(net, "stages.1.blocks.0").output;
    CHECK(step(net, "stages.1.blocks.1.norm1").input == block_input);
    CHECK(step(net, "stages.1.blocks.1").other == block_input);
}

TEST_CASE("there is no norm after the stem, and one after the last block") {
    const Architecture net = architecture("resnetv2_50", 1000);
    CHECK(net.steps[0].module == "stem.conv");
    CHECK(net.steps[1].operation == Operation::max_pool);
    CHECK(step(net, "norm").input == step(net, "stages.3.blocks.2").output);
    CHECK(step(net, "norm.act").out_channels == 2048);
}

TEST_CASE("the stride of a stage is on the 3×3 convolution and the shortcut of its first block") {
    const Architecture net = architecture("resnetv2_50", 1000);
    CHECK(step(net, "stages.0.blocks.0.conv2").window.stride == 1);
    CHECK(step(net, "stages.2.blocks.0.conv2").window.stride == 2);
    CHECK(step(net, "stages.2.blocks.0.conv1").window.stride == 1);
    CHECK(step(net, "stages.2.blocks.0.downsample.conv").window.stride == 2);
    CHECK(step(net, "stages.2.blocks.1.conv2").window.stride == 1);
}

TEST_CASE("the head's weight is that of a 1×1 convolution") {
    const Architecture net = architecture("resnetv2_50", 5);
    CHECK(net.head == "head.fc");
    CHECK(net.parameters[net.parameters.size() - 2].shape == Shape{5, 2048, 1, 1});
    CHECK(net.steps.back().operation == Operation::linear);
}

}  // namespace
