#include "models/efficientnet_lite.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace imnet;

const Step& step(const Architecture& net, const std::string& module) {
    return *std::ranges::find(net.steps, module, &Step::module);
}

/// Number of blocks of each stage.
std::vector<int> blocks_of(const Architecture& net) {
    std::vector<int> blocks;
    for (const std::string& stage : net.stages) {
        blocks.push_back(static_cast<int>(std::ranges::count_if(net.modules, [&](const Module& module) {
            const bool residual =
                module.type == "InvertedResidual" || module.type == "DepthwiseSeparableConv";
            return residual && module.path.starts_with(stage + ".");
        })));
    }
    return blocks;
}

/// Output channels of each stage.
std::vector<int> widths_of(const Architecture& net) {
    std::vector<int> widths;
    for (const std::string& stage : net.stages) {
        const auto last = std::ranges::find_if(net.steps.rbegin(), net.steps.rend(), [&](const Step& step) {
            return step.module.starts_with(stage + ".");
        });
        widths.push_back(last->out_channels);
    }
    return widths;
}

TEST_CASE("depth scales all stages but the first and the last, width scales all but stem and head") {
    const Architecture lite0 = architecture("tf_efficientnet_lite0");
    CHECK(blocks_of(lite0) == std::vector{1, 2, 2, 3, 3, 4, 1});
    CHECK(widths_of(lite0) == std::vector{16, 24, 40, 80, 112, 192, 320});
    const Architecture lite4 = architecture("tf_efficientnet_lite4");
    CHECK(blocks_of(lite4) == std::vector{1, 4, 4, 6, 6, 8, 1});
    CHECK(widths_of(lite4) == std::vector{24, 32, 56, 112, 160, 272, 448});
    CHECK(step(lite4, "conv_stem").out_channels == 32);
    CHECK(step(lite4, "conv_head").out_channels == 1280);
}

TEST_CASE("only convolutions with stride 2 pad as TensorFlow does") {
    const Architecture net = architecture("tf_efficientnet_lite0");
    for (const Step& each : net.steps) {
        if (each.operation != Operation::convolution) continue;
        CAPTURE(each.module);
        CHECK(each.window.same == (each.window.stride == 2));
        CHECK((each.window.same || each.window.padding == each.window.kernel / 2));
    }
    CHECK(value_shapes(net, 225, 97).at(1) == Shape{32, 113, 49});
}

TEST_CASE("the first stage has no expansion, and a sum only where shapes agree") {
    const Architecture net = architecture("tf_efficientnet_lite2");
    const Step& first = step(net, "blocks.0.0.conv_dw");
    CHECK(first.groups == 32);
    CHECK(first.in_channels == 32);
    CHECK(step(net, "blocks.1.0.conv_pw").out_channels == 96);
    const auto sums = [&](const std::string& block) {
        return std::ranges::count_if(net.steps, [&](const Step& each) {
            return each.module == block && each.operation == Operation::add;
        });
    };
    CHECK(sums("blocks.1.0") == 0);
    CHECK(sums("blocks.1.1") == 1);
    CHECK(sums("blocks.4.0") == 0);  // stride 1, but of another width
}

TEST_CASE("the last norm of a block has no activation") {
    const Architecture net = architecture("tf_efficientnet_lite0");
    const auto activated = [&](const std::string& module) {
        return std::ranges::find(net.steps, module, &Step::module) != net.steps.end();
    };
    CHECK(activated("blocks.1.0.bn2.act"));
    CHECK_FALSE(activated("blocks.1.0.bn3.act"));
    CHECK_FALSE(activated("blocks.0.0.bn2.act"));
    CHECK(step(net, "bn2.act").activation == Activation::relu6);
    CHECK(step(net, "bn2").eps == 1e-3F);
}

}  // namespace
