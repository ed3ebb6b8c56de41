#include "models/architecture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/errors.h"

namespace {

using namespace imnet;

TEST_CASE("the architectures have the published numbers of parameters") {
    CHECK(architecture("resnet18").parameter_count() == 11'689'512);
    CHECK(architecture("resnet34").parameter_count() == 21'797'672);
    CHECK(architecture("resnet50").parameter_count() == 25'557'032);
    CHECK(architecture("resnet101").parameter_count() == 44'549'160);
    CHECK(architecture("resnet152").parameter_count() == 60'192'808);
    CHECK(architecture("resnext50_32x4d").parameter_count() == 25'028'904);
    CHECK(architecture("resnext101_32x8d").parameter_count() == 88'791'336);
    CHECK(architecture("resnext101_64x4d").parameter_count() == 83'455'272);
    CHECK(architecture("wide_resnet50_2").parameter_count() == 68'883'240);
    CHECK(architecture("wide_resnet101_2").parameter_count() == 126'886'696);
    CHECK(architecture("resnetv2_50").parameter_count() == 25'549'352);
    CHECK(architecture("tf_efficientnet_lite0").parameter_count() == 4'652'008);
    CHECK(architecture("tf_efficientnet_lite1").parameter_count() == 5'416'680);
    CHECK(architecture("tf_efficientnet_lite2").parameter_count() == 6'092'072);
    CHECK(architecture("tf_efficientnet_lite3").parameter_count() == 8'197'096);
    CHECK(architecture("tf_efficientnet_lite4").parameter_count() == 13'006'568);
    CHECK(architecture_names().size() == 94);
}

TEST_CASE("the head has the given number of classes") {
    const Architecture net = architecture("resnet50", 7);
    CHECK(net.classes == 7);
    CHECK(net.parameters.back().name == "fc.bias");
    CHECK(net.parameters.back().shape == Shape{7});
    CHECK(value_shapes(net, 224, 224).back() == Shape{7});
    CHECK(net.parameter_count() == 25'557'032 - 993 * 2049);
}

TEST_CASE("the error for an unknown name suggests similar names") {
    CHECK_THROWS_WITH_AS(architecture("resnet-50"),
                         doctest::Contains("no architecture is called 'resnet-50': did you mean resnet50"),
                         UsageError);
    CHECK_THROWS_WITH_AS(architecture("x"), doctest::Contains("'imnet models' lists them all"), UsageError);
}

TEST_CASE("every step reads values that earlier steps wrote, and writes a new one") {
    for (const std::string_view name : architecture_names()) {
        CAPTURE(name);
        const Architecture net = architecture(name);
        int next = 1;
        for (const Step& step : net.steps) {
            CHECK(step.output == next++);
            CHECK(step.input < step.output);
            CHECK(step.other < step.output);
            CHECK((step.other >= 0) == (step.operation == Operation::add));
        }
    }
}

TEST_CASE("both operands of an addition have the same shape, and every layer reads the channels it expects") {
    for (const std::string_view name : architecture_names()) {
        CAPTURE(name);
        const Architecture net = architecture(name);
        const std::vector<Shape> shapes = value_shapes(net, 224, 224);
        REQUIRE(shapes.size() == net.steps.size() + 1);
        for (const Step& step : net.steps) {
            if (step.operation == Operation::add) CHECK(shapes[step.input] == shapes[step.other]);
            CHECK(shapes[step.input].front() == (step.in_channels == 0 ? 3 : step.in_channels));
            CHECK(shapes[step.output].front() == step.out_channels);
        }
    }
}

TEST_CASE("odd image sizes are rounded as in PyTorch's convolution and pooling") {
    const Architecture net = architecture("resnet18");
    const std::vector<Shape> shapes = value_shapes(net, 225, 97);
    CHECK(shapes[0] == Shape{3, 225, 97});
    CHECK(shapes[1] == Shape{64, 113, 49});  // 7×7, stride 2, padding 3
    CHECK(shapes[4] == Shape{64, 57, 25});   // max-pool 3×3, stride 2, padding 1
    CHECK(shapes[shapes.size() - 3] == Shape{512, 8, 4});
    CHECK(shapes[shapes.size() - 2] == Shape{512});
}

TEST_CASE("names of modules and parameters are unique, and each step names a module") {
    for (const std::string_view name : architecture_names()) {
        CAPTURE(name);
        const Architecture net = architecture(name);
        std::set<std::string> paths;
        for (const Module& module : net.modules) CHECK(paths.insert(module.path).second);
        std::set<std::string> names;
        for (const Parameter& parameter : net.parameters) CHECK(names.insert(parameter.name).second);
        for (const Step& step : net.steps) CHECK(paths.contains(step.module));
        CHECK(names.contains(net.head + ".weight"));
    }
}

}  // namespace
