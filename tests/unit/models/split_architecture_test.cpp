#include "models/split_architecture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>

using namespace imnet;

namespace {

// The modules of first or second rank whose parameters all move, or all stay.
std::set<std::string> parts(const Architecture& net, int stages, bool moving) {
    const std::vector<bool> behind = behind_stages(net, stages);
    REQUIRE(behind.size() == net.parameters.size());
    std::set<std::string> names;
    for (std::size_t i = 0; i < behind.size(); ++i) {
        const std::string& name = net.parameters[i].name;
        const std::size_t rank = name.starts_with("stages.") ? name.find('.', 7) : name.find('.');
        if (behind[i] == moving) names.insert(name.substr(0, rank));
    }
    return names;
}

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("a backbone ends in features") {
    for (const auto& [name, features] :
         {std::pair{"resnet18", 512}, {"resnet50", 2048}, {"resnetv2_50", 2048}}) {
        const Architecture net = architecture(name, 7);
        const Architecture trunk = backbone(net);
        CHECK(trunk.classes == features);
        CHECK(trunk.steps.size() == net.steps.size() - 1);
        CHECK(trunk.steps.back().output == net.steps.back().input);
        CHECK(value_shapes(trunk, 64, 64).at(static_cast<std::size_t>(trunk.steps.back().output)) ==
              Shape{features});
        // So that the whole net's parameters, by index, are the trunk's.
        REQUIRE(trunk.parameters.size() == net.parameters.size() - 2);
        for (std::size_t i = 0; i < trunk.parameters.size(); ++i)
            CHECK(trunk.parameters[i].name == net.parameters[i].name);
    }
}

TEST_CASE("a head is one linear layer on features") {
    for (const auto& [name, path] : {std::pair{"resnet18", "fc"}, {"resnetv2_50", "head.fc"}}) {
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

TEST_CASE("backbone and head together are the net") {
    const Architecture net = architecture("resnet34", 7);
    CHECK(backbone(net).parameter_count() + head(net).parameter_count() == net.parameter_count());
}

TEST_CASE("behind no stage lies the whole net") {
    for (const char* name : {"resnet18", "resnetv2_50"}) {
        const std::vector<bool> behind = behind_stages(architecture(name), 0);
        CHECK(std::all_of(behind.begin(), behind.end(), [](bool moves) { return moves; }));
    }
}

TEST_CASE("behind the stages of torchvision's nets") {
    const Architecture net = architecture("resnet18", 7);
    CHECK(parts(net, 1, false) == Names{"conv1", "bn1", "layer1"});
    CHECK(parts(net, 1, true) == Names{"layer2", "layer3", "layer4", "fc"});
    CHECK(parts(net, 2, true) == Names{"layer3", "layer4", "fc"});
    CHECK(parts(net, 4, true) == Names{"fc"});
}

TEST_CASE("behind the stages of timm's") {
    const Architecture net = architecture("resnetv2_50", 7);
    CHECK(parts(net, 2, false) == Names{"stem", "stages.0", "stages.1"});
    CHECK(parts(net, 2, true) == Names{"stages.2", "stages.3", "norm", "head"});
    CHECK(parts(net, 4, true) == Names{"norm", "head"});
}
