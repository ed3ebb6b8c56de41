#include "engines/engine.h"

#include <doctest/doctest.h>

#include "base/errors.h"

namespace {

using namespace imnet;

TEST_CASE("an engine says where and with what it runs, and one that is left out says how to get it") {
    const Architecture net = architecture("resnet18", 10);
    const Parameters parameters = random_parameters(net, 0);
    if (engine_installed()) {
        const auto engine = open_engine(net, parameters, {Device::Kind::cpu});
        CHECK(engine->device() == "cpu");
        CHECK(engine->library().starts_with("libtorch "));
    } else {
        CHECK_THROWS_WITH_AS(open_engine(net, parameters, {Device::Kind::cpu}),
                             doctest::Contains("build imnet with -DIMNET_TORCH=ON"), ModelError);
    }
}

}  // namespace
