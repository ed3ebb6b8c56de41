#include "models/split_architecture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>

using namespace imnet;

namespace {

// Top-level modules, and timm's stages, with parameters that are trained (or are not).
std::set<std::string> parts(const Architecture& net, int frozen_stages, bool trained) {
    const std::vector<bool> to_train = parameters_to_train(net, frozen_stages);
    REQUIRE(to_train.size() == net.parameters.size());
    std::set<std::string> names;
    for (std::size_t i = 0; i < to_train.size(); ++i) {
        const std::string& name = net.parameters[i].name;
        const bool in_container = name.starts_with("stages.") || name.starts_with("blocks.");
        const std::size_t end = name.find('.', in_container ? 7 : 0);
        if (to_train[i] == trained) names.insert(name.substr(0, end));
    }
    return names;
}

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("a backbone outputs features") {
    for (const auto& [name, features] : {std::pair{"resnet18", 512},
                                         {"resnet50", 2048},
                                         {"resnetv2_50", 2048},
                                         {"tf_efficientnet_lite0", 1280}}) {
        const Architecture net = architecture(name, 7);
        const Architecture trunk = backbone(net);
        CHECK(trunk.classes == features);
        CHECK(trunk.steps.size() == net.steps.size() - 1);
        CHECK(trunk.steps.back().output == net.steps.back().input);
        CHECK(value_shapes(trunk, 64, 64).at(static_cast<std::size_t>(trunk.steps.back().output)) ==
              Shape{features});
        // The parameters of the whole network serve the backbone, because their indices agree.
        REQUIRE(trunk.parameters.size() == net.parameters.size() - 2);
        for (std::size_t i = 0; i < trunk.parameters.size(); ++i)
            CHECK(trunk.parameters[i].name == net.parameters[i].name);
    }
}

TEST_CASE("a head is one linear layer that reads features") {
    for (const auto& [name, path] :
         {std::pair{"resnet18", "fc"}, {"resnetv2_50", "head.fc"}, {"tf_efficientnet_lite0", "classifier"}}) {
        const Architecture net = architecture(name, 7);
        const Architecture classifier = head(net);
        REQUIRE(classifier.steps.size() == 1);
        CHECK(classifier.steps[0].operation == Operation::linear);
        CHECK(classifier.steps[0].input == 0);
        CHECK(classifier.steps[0].output == 1);
        CHECK(classifier.classes == 7);
        REQUIRE(classifier.parameters.size() == 2);
        CHECK(classifier.parameters[0].name == std::string(path) + ".weight");
        CHECK(classifier.parameters[1].name == std::string(path) + ".bias");
    }
}

TEST_CASE("backbone and head together have all parameters of the network") {
    const Architecture net = architecture("resnet34", 7);
    CHECK(backbone(net).parameter_count() + head(net).parameter_count() == net.parameter_count());
}

TEST_CASE("everything is trained if no stage is frozen") {
    for (const char* name : {"resnet18", "resnetv2_50", "tf_efficientnet_lite0"}) {
        const std::vector<bool> to_train = parameters_to_train(architecture(name), 0);
        CHECK(std::all_of(to_train.begin(), to_train.end(), [](bool trained) { return trained; }));
    }
}

TEST_CASE("frozen stages of torchvision's networks") {
    const Architecture net = architecture("resnet18", 7);
    CHECK(parts(net, 1, false) == Names{"conv1", "bn1", "layer1"});
    CHECK(parts(net, 1, true) == Names{"layer2", "layer3", "layer4", "fc"});
    CHECK(parts(net, 2, true) == Names{"layer3", "layer4", "fc"});
    CHECK(parts(net, 4, true) == Names{"fc"});
}

TEST_CASE("frozen stages of timm's resnetv2_50") {
    const Architecture net = architecture("resnetv2_50", 7);
    CHECK(parts(net, 2, false) == Names{"stem", "stages.0", "stages.1"});
    CHECK(parts(net, 2, true) == Names{"stages.2", "stages.3", "norm", "head"});
    CHECK(parts(net, 4, true) == Names{"norm", "head"});
}

TEST_CASE("frozen stages of Keras's ResNet50V2") {
    const Architecture net = architecture("keras_resnet50v2", 7);
    CHECK(parts(net, 1, false) == Names{"conv1_conv", "conv2"});
    CHECK(parts(net, 2, true) == Names{"conv4", "conv5", "post_bn", "predictions"});
    CHECK(parts(net, 4, true) == Names{"post_bn", "predictions"});
}

TEST_CASE("frozen stages of an EfficientNet, which has seven") {
    const Architecture net = architecture("tf_efficientnet_lite0", 7);
    CHECK(parts(net, 1, false) == Names{"conv_stem", "bn1", "blocks.0"});
    CHECK(parts(net, 6, true) == Names{"blocks.6", "conv_head", "bn2", "classifier"});
    CHECK(parts(net, 7, true) == Names{"conv_head", "bn2", "classifier"});
}
