#include "models/timm_resnet.h"

#include <algorithm>
#include <string_view>

#include <doctest/doctest.h>

#include "models/architecture.h"

namespace imnet {
namespace {

const Step& step(const Architecture& net, std::string_view module) {
    return *std::ranges::find(net.steps, module, &Step::module);
}

}  // namespace

TEST_CASE("timm's nets have the parameters that timm states") {
    CHECK(architecture("resnet50d").parameter_count() == 25'576'264);
    CHECK(architecture("seresnet50").parameter_count() == 28'088'024);
    CHECK(architecture("senet154").parameter_count() == 115'088'984);
    CHECK(architecture("resnetrs50").parameter_count() == 35'691'912);
    CHECK(architecture("ecaresnet50d_pruned").parameter_count() == 19'939'713);
    CHECK(architecture("resnetv2_50x1_bit", 21843).parameter_count() == 68'256'659);
}

TEST_CASE("an anti-aliased net has a pool where others have a stride") {
    const Architecture plain = architecture("resnet50d"), averaged = architecture("resnetaa50d");
    CHECK(step(plain, "layer2.0.conv2").window.stride == 2);
    CHECK(step(averaged, "layer2.0.conv2").window.stride == 1);
    CHECK(step(averaged, "layer2.0.aa").operation == Operation::average_pool);
    CHECK(step(architecture("resnetblur50"), "layer2.0.aa").operation == Operation::blur_pool);
    CHECK(plain.parameters.size() == averaged.parameters.size());
    CHECK_FALSE(compute_the_same(plain, averaged));
}

TEST_CASE("the shortcut of a d net averages what its stride would skip") {
    const Architecture net = architecture("resnet18d");
    const Step& pool = step(net, "layer2.0.downsample.0");
    CHECK(pool.operation == Operation::average_pool);
    CHECK(pool.window.outputs_for(11) == 6);  // the last window has one pixel
    CHECK(step(net, "layer2.0.downsample.1").window.stride == 1);
}

TEST_CASE("a pruned net keeps the attention kernel of the net that was pruned") {
    const Architecture net = architecture("ecaresnet50d_pruned");
    const Step& attention = step(net, "layer1.0.se");
    CHECK(attention.operation == Operation::channel_attention);
    CHECK(attention.in_channels == 19);
    CHECK(attention.window.kernel == 5);
}

TEST_CASE("a net of timm computes what torchvision's net of the same name computes") {
    for (const TimmResNetVariant& variant : timm_resnet_variants()) {
        if (!variant.name.starts_with("timm/")) continue;
        CAPTURE(variant.name);
        CHECK(compute_the_same(architecture(variant.name), architecture(variant.name.substr(5))));
    }
}

}  // namespace imnet
