#include <doctest/doctest.h>

#include "base/errors.h"
#include "engines/engine.h"

namespace {

using namespace imnet;

TEST_CASE("a GPU that does not exist is an error; the engine does not choose another device") {
    if (!engine_installed(EngineKind::torch)) {
        MESSAGE("skipped: this build has no libtorch engine");
        return;
    }
    const Architecture net = architecture("resnet18", 10);
    const Parameters parameters = random_parameters(net, 0);
    CHECK_THROWS_WITH_AS(open_engine(net, parameters, {.device = {Device::Kind::cuda, 99}}),
                         doctest::Contains("cuda:99: "), ModelError);
}

}  // namespace
