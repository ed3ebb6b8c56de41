#include "models/keras_resnetv2.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "models/summary.h"

namespace {

using namespace imnet;

const Step& step(const Architecture& net, const std::string& module) {
    return *std::ranges::find(net.steps, module, &Step::module);
}

bool has_parameter(const Architecture& net, const std::string& name) {
    return std::ranges::find(net.parameters, name, &Parameter::name) != net.parameters.end();
}

TEST_CASE("keras.applications.ResNet50V2().count_params(), of which the running statistics are not trained") {
    const Architecture net = keras_resnet50v2(1000);
    CHECK(net.parameter_count() == 25'568'360);
    std::int64_t running = 0;
    for (const Parameter& parameter : net.parameters)
        if (!parameter.trainable() && parameter.kind != ParameterKind::num_batches_tracked)
            running += parameter.element_count();
    CHECK(net.parameter_count() + running == 25'613'800);
}

TEST_CASE("the max pool after the first convolution sees zeros beyond the edge, and there is no norm") {
    const Architecture net = keras_resnet50v2(1000);
    CHECK(net.steps[0].module == "conv1_conv");
    CHECK(net.steps[0].bias);
    CHECK(net.steps[1].operation == Operation::max_pool);
    CHECK(net.steps[1].window.zeros);
}

TEST_CASE(
    "the first block of a stage has a convolution as shortcut, the last one the stride and a max pool") {
    const Architecture net = keras_resnet50v2(1000);
    const int activated = step(net, "conv3.block1.preact_relu").output;
    CHECK(step(net, "conv3.block1.0_conv").input == activated);
    CHECK(step(net, "conv3.block1.0_conv").window.stride == 1);
    CHECK(step(net, "conv3.block1").other == step(net, "conv3.block1.0_conv").output);

    const int first = step(net, "conv3.block1").output;
    CHECK(step(net, "conv3.block2").other == first);
    CHECK(step(net, "conv3.block2.2_conv").window.stride == 1);

    const Step& pool = step(net, "conv3.block4.0_pool");
    CHECK(pool.input == step(net, "conv3.block3").output);
    CHECK(pool.window.kernel == 1);
    CHECK(pool.window.stride == 2);
    CHECK(step(net, "conv3.block4.2_conv").window.stride == 2);
    CHECK(step(net, "conv3.block4.1_conv").window.stride == 1);
}

TEST_CASE("the last stage has no stride") {
    const Architecture net = keras_resnet50v2(1000);
    CHECK(step(net, "conv5.block3.2_conv").window.stride == 1);
    CHECK(step(net, "conv5.block3").other == step(net, "conv5.block2").output);
    CHECK(value_shapes(net, 224, 224)[step(net, "post_relu").output] == Shape{2048, 7, 7});
}

TEST_CASE("the convolutions that no norm follows have biases") {
    const Architecture net = keras_resnet50v2(5);
    CHECK(has_parameter(net, "conv2.block1.0_conv.bias"));
    CHECK(has_parameter(net, "conv2.block1.3_conv.bias"));
    CHECK_FALSE(has_parameter(net, "conv2.block1.1_conv.bias"));
    CHECK_FALSE(has_parameter(net, "conv2.block1.2_conv.bias"));
    CHECK(net.parameters.back().name == "predictions.bias");
    CHECK(net.parameters.back().shape == Shape{5});
}

TEST_CASE("print(model)") {
    const std::string text = print_model(keras_resnet50v2(1000));
    CHECK(
        text.starts_with("ResNet50V2(\n"
                         "  (conv1_conv): Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3))\n"
                         "  (pool1_pad): ConstantPad2d(padding=(1, 1, 1, 1), value=0.0)\n"));
    CHECK(text.find("      (preact_bn): BatchNorm2d(64, eps=1.001e-05, momentum=0.1, affine=True, "
                    "track_running_stats=True)\n") != std::string::npos);
    CHECK(text.find("      (0_pool): MaxPool2d(kernel_size=1, stride=2, padding=0, dilation=1, "
                    "ceil_mode=False)\n") != std::string::npos);
}

}  // namespace
