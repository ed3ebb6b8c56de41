#include "models/loading/check_variances.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "models/state_dict_of.h"

namespace imnet {

TEST_CASE("a running variance below -eps is refused with its name") {
    const Architecture net = architecture("resnet18", 2);
    StateDict state_dict = test::state_dict_of(net);
    const auto with_variance = [&](float variance) {
        static float values[64];
        std::fill(values, values + 64, 1.0F);
        values[63] = variance;
        for (auto& [name, tensor] : state_dict.tensors)
            if (name == "layer1.0.bn2.running_var") tensor = test::float32_view(values, {64});
        check_variances(net, bind_parameters(net, state_dict, "net.pth"), "net.pth");
    };
    CHECK_NOTHROW(with_variance(0));
    CHECK_NOTHROW(with_variance(-0.9e-5F));
    CHECK_THROWS_WITH_AS(
        with_variance(-0.5F),
        "net.pth: the tensor 'layer1.0.bn2.running_var' holds the variance -0.5, below 0, so every "
        "prediction would be NaN: use another checkpoint of the training",
        ModelError);
    CHECK_THROWS_AS(with_variance(-1e-5F), ModelError);
}

}  // namespace imnet
