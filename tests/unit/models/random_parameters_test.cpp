#include <doctest/doctest.h>

#include <algorithm>
#include <span>

#include "models/parameters.h"

namespace {

using namespace imnet;

/// Compares the first three and the last element with what PyTorch 1.13 and 2.13 print.
void check_ends(std::span<const float> tensor, float a, float b, float c, float last) {
    CHECK(tensor[0] == doctest::Approx(a).epsilon(1e-6));
    CHECK(tensor[1] == doctest::Approx(b).epsilon(1e-6));
    CHECK(tensor[2] == doctest::Approx(c).epsilon(1e-6));
    CHECK(tensor.back() == doctest::Approx(last).epsilon(1e-6));
}

TEST_CASE("torch.manual_seed(0); torchvision.models.resnet18(num_classes=10)") {
    const Architecture net = architecture("resnet18", 10);
    const Parameters parameters = random_parameters(net, 0);
    check_ends(parameters.at(net, "conv1.weight"), 0.00219705328F, 0.0353360772F, 0.0161360092F,
               -0.0222097952F);
    check_ends(parameters.at(net, "layer2.0.downsample.0.weight"), -0.110100672F, 0.0741394311F,
               -0.284801722F, -0.0478967018F);
    check_ends(parameters.at(net, "fc.weight"), -0.0203154963F, 0.0186778661F, 0.0375562198F,
               -0.00753895426F);
    check_ends(parameters.at(net, "fc.bias"), 0.0255053602F, -0.00407622196F, -0.0294600092F, -0.0169506613F);
}

TEST_CASE("torch.manual_seed(0); timm.create_model('resnetv2_50', num_classes=10)") {
    const Architecture net = architecture("resnetv2_50", 10);
    const Parameters parameters = random_parameters(net, 0);
    check_ends(parameters.at(net, "stem.conv.weight"), 0.00505317282F, 0.074458234F, -0.00837813225F,
               0.00278983079F);
    check_ends(parameters.at(net, "stages.0.blocks.0.downsample.conv.weight"), -0.036602553F, 0.0265609566F,
               0.0676211119F, 0.0131366104F);
    check_ends(parameters.at(net, "head.fc.weight"), -0.0102615636F, 0.0121547803F, 0.00882781949F,
               -0.00696363486F);
    CHECK(std::ranges::count(parameters.at(net, "head.fc.bias"), 0.0F) == 10);
}

TEST_CASE("torch.manual_seed(0); timm.create_model('tf_efficientnet_lite0', num_classes=10)") {
    const Architecture net = architecture("tf_efficientnet_lite0", 10);
    const Parameters parameters = random_parameters(net, 0);
    check_ends(parameters.at(net, "conv_stem.weight"), 0.187049299F, -0.02208177F, 0.0955319703F,
               -0.147327319F);
    check_ends(parameters.at(net, "blocks.0.0.conv_dw.weight"), -0.756518006F, 0.166044548F, -0.101689801F,
               -0.403432459F);
    check_ends(parameters.at(net, "blocks.1.0.conv_pwl.weight"), -0.271286547F, 0.0248872638F, 0.14670141F,
               0.238784388F);
    check_ends(parameters.at(net, "classifier.weight"), 0.0526518002F, -0.254541695F, -0.0355959646F,
               -0.281810969F);
    CHECK(std::ranges::count(parameters.at(net, "classifier.bias"), 0.0F) == 10);
}

TEST_CASE("only the low 32 bits of the seed are used, as in PyTorch") {
    const Architecture net = architecture("resnet18", 10);
    const Parameters parameters = random_parameters(net, (std::uint64_t{1} << 32) + 1);
    check_ends(parameters.at(net, "conv1.weight"), -0.00422320887F, -0.0113959732F, -0.00750463549F,
               -0.013984696F);
}

TEST_CASE("batch norm starts as the identity") {
    const Architecture net = architecture("resnet18", 10);
    const Parameters parameters = random_parameters(net, 3);
    CHECK(std::ranges::count(parameters.at(net, "bn1.weight"), 1.0F) == 64);
    CHECK(std::ranges::count(parameters.at(net, "bn1.bias"), 0.0F) == 64);
    CHECK(std::ranges::count(parameters.at(net, "bn1.running_mean"), 0.0F) == 64);
    CHECK(std::ranges::count(parameters.at(net, "bn1.running_var"), 1.0F) == 64);
    CHECK(parameters.at(net, "bn1.num_batches_tracked").empty());
}

TEST_CASE("torch.manual_seed(0); net.fc = torch.nn.Linear(512, 3)") {
    const Parameters parent = random_parameters(architecture("resnet18", 10), 7);
    const Architecture net = architecture("resnet18", 3);
    const Parameters parameters = with_new_head(net, parent, 0);
    check_ends(parameters.at(net, "fc.weight"), -0.000330873823F, 0.0237076804F, -0.0363737978F,
               -0.0257785339F);
    CHECK(parameters.at(net, "fc.weight").size() == 3 * 512);
    check_ends(parameters.at(net, "fc.bias"), -0.0146948462F, 0.0142406719F, 0.0195487402F, 0.0195487402F);
    // The other tensors are shared with the parent.
    CHECK(parameters.at(net, "conv1.weight").data() == parent.at(net, "conv1.weight").data());
    CHECK(parameters.at(net, "layer4.1.bn2.running_var").data() ==
          parent.at(net, "layer4.1.bn2.running_var").data());
}

TEST_CASE("torch.manual_seed(42); net.head.fc = torch.nn.Linear(2048, 3), stored as timm's 1x1 convolution") {
    const Architecture net = architecture("resnetv2_50", 3);
    const Parameters parameters =
        with_new_head(net, random_parameters(architecture("resnetv2_50", 10), 7), 42);
    check_ends(parameters.at(net, "head.fc.weight"), 0.0168940742F, 0.0183407571F, -0.0051767393F,
               -0.00483557908F);
    check_ends(parameters.at(net, "head.fc.bias"), -0.0174879711F, 0.00413627597F, -0.00439110352F,
               -0.00439110352F);
}

}  // namespace
