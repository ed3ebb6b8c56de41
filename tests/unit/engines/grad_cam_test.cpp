#include "engines/grad_cam.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "engines/golden_net.h"

using namespace imnet;
using test::GoldenNet;

namespace {

const GradCamOptions on_cpu{{Device::Kind::cpu}, 2, test::image_size};

bool skipped() {
    if (engine_installed(EngineKind::torch)) return false;
    MESSAGE("skipped: this build has no libtorch engine");
    return true;
}

}  // namespace

TEST_CASE("without the libtorch engine, the error says how to build it") {
    if (engine_installed(EngineKind::torch)) return;
    const GoldenNet golden("resnet18");
    CHECK_THROWS_WITH_AS(grad_cam(golden.net, golden.parameters, on_cpu, {}, std::nullopt),
                         doctest::Contains("IMNET_TORCH=ON"), ModelError);
}

// The head is an average and a linear layer. So the gradient of a logit with respect to a feature map is the
// same in every cell: the weight of the class divided by the number of cells. If relu sets no cell to 0, the
// sum of the heat map is therefore the logit minus its bias. If it sets some to 0, the sum is larger, because
// those were negative.
TEST_CASE("the heat map adds up to the logit minus its bias, or to more if relu removed negative cells") {
    if (skipped()) return;
    int uncut = 0;
    for (const std::string name : {"resnet18", "resnet50", "resnetv2_50"}) {
        CAPTURE(name);
        const GoldenNet golden(name);
        std::vector<float> picture;
        test::append_picture(picture, 102);
        std::vector<float> bias(10);
        const std::string head = golden.net.head + ".bias";
        for (std::size_t i = 0; i < golden.net.parameters.size(); ++i) {
            if (golden.net.parameters[i].name != head) continue;
            const auto values = golden.parameters.at(i);
            bias.assign(values.begin(), values.end());
        }
        std::vector<float> expected(3 * 10);
        to_float32(*golden.stored.find("logits"), expected);
        for (int index = 0; index < 10; ++index) {
            CAPTURE(index);
            const GradCam found = grad_cam(golden.net, golden.parameters, on_cpu, picture, index);
            CHECK(found.class_index == index);
            CHECK(found.heat.width == 3);
            CHECK(found.heat.height == 3);
            REQUIRE(found.logits.size() == 10);
            CHECK(found.logits[index] == doctest::Approx(expected[index]).epsilon(1e-3));
            const double sum = std::reduce(found.heat.values.begin(), found.heat.values.end(), 0.0);
            const double logit = found.logits[index] - bias[index];
            CHECK(sum >= logit - 1e-3);
            const bool cut = std::find(found.heat.values.begin(), found.heat.values.end(), 0.0F) !=
                             found.heat.values.end();
            if (cut) continue;
            ++uncut;
            CHECK(sum == doctest::Approx(logit).epsilon(1e-4));
        }
    }
    CHECK(uncut > 0);
}

TEST_CASE("without a class, Grad-CAM explains the most probable one") {
    if (skipped()) return;
    const GoldenNet golden("resnet18");
    std::vector<float> picture;
    test::append_picture(picture, 102);
    const GradCam found = grad_cam(golden.net, golden.parameters, on_cpu, picture, std::nullopt);
    const auto most = std::max_element(found.logits.begin(), found.logits.end()) - found.logits.begin();
    CHECK(found.class_index == most);
    const GradCam named = grad_cam(golden.net, golden.parameters, on_cpu, picture, static_cast<int>(most));
    CHECK(named.heat.values == found.heat.values);
}
