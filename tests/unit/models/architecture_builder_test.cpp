#include "models/architecture_builder.h"

#include <doctest/doctest.h>

#include <utility>

namespace {

using namespace imnet;

TEST_CASE("modules are in the order of registration, steps in the order of the forward pass") {
    ArchitectureBuilder net("tiny", "Tiny", Initialisation::torchvision_resnet, 2);
    net.activation("act", Activation::relu);
    net.convolution("conv", 3, 8, 5, 2);
    net.batch_norm("norm", 8);
    int x = net.apply("conv", 0);
    x = net.apply("act", x);
    const int y = net.apply("norm", x);
    net.apply("act", net.add("", y, x));
    const Architecture built = std::move(net).finish();

    REQUIRE(built.modules.size() == 4);
    CHECK(built.modules[0].type == "Tiny");
    CHECK(built.modules[1].path == "act");
    CHECK(built.modules[2].details == "3, 8, kernel_size=(5, 5), stride=(2, 2), padding=(2, 2), bias=False");

    REQUIRE(built.steps.size() == 5);
    CHECK(built.steps[0].operation == Operation::convolution);
    CHECK(built.steps[3].operation == Operation::add);
    CHECK(built.steps[3].input == 3);
    CHECK(built.steps[3].other == 2);
    CHECK(built.steps[4].out_channels == 8);
    CHECK(built.steps[4].module == "act");
}

TEST_CASE("a batch norm has five tensors, and two of them are trainable") {
    ArchitectureBuilder net("tiny", "Tiny", Initialisation::torchvision_resnet, 2);
    net.batch_norm("norm", 16);
    const Architecture built = std::move(net).finish();
    REQUIRE(built.parameters.size() == 5);
    CHECK(built.parameters[2].name == "norm.running_mean");
    CHECK(built.parameters[4].name == "norm.num_batches_tracked");
    CHECK(built.parameters[4].shape.empty());
    CHECK(built.parameter_count() == 32);
}

TEST_CASE("a grouped convolution has a weight of in_channels / groups") {
    ArchitectureBuilder net("tiny", "Tiny", Initialisation::torchvision_resnet, 2);
    net.convolution("conv", 128, 128, 3, 1, 32);
    const Architecture built = std::move(net).finish();
    CHECK(built.parameters[0].shape == Shape{128, 4, 3, 3});
    CHECK(built.modules[1].details ==
          "128, 128, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=32, bias=False");
}

}  // namespace
