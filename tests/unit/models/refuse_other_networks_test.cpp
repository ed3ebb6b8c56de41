#include "models/refuse_other_networks.h"

#include <string>

#include <doctest/doctest.h>

#include "base/errors.h"

using namespace imnet;

namespace {

void check(std::string config, std::string_view name = "resnet50", bool named_by_user = false) {
    StateDict state_dict;
    state_dict.metadata.emplace_back("config.json", std::move(config));
    refuse_other_networks(state_dict, architecture(name), named_by_user, "net");
}

}  // namespace

TEST_CASE("transformers' settings of the network that runs are accepted") {
    check(R"({"model_type": "resnet", "hidden_act": "relu", "downsample_in_first_stage": false,
        "downsample_in_bottleneck": false, "num_channels": 3, "layer_type": "bottleneck",
        "embedding_size": 64, "depths": [3, 4, 6, 3], "hidden_sizes": [256, 512, 1024, 2048]})");
    check(R"({"model_type": "resnet", "layer_type": "basic", "depths": [2, 2, 2, 2],
        "hidden_sizes": [64, 128, 256, 512]})",
          "resnet18");
    check("{}");
    refuse_other_networks({}, architecture("resnet50"), false, "net");
}

TEST_CASE("transformers' settings of another network are refused by name") {
    CHECK_THROWS_WITH_AS(check(R"({"hidden_act": "gelu"})"),
                         "net: its config.json says hidden_act: \"gelu\": resnet50 has \"relu\"", ModelError);
    for (const std::string setting :
         {R"("downsample_in_first_stage": true)", R"("downsample_in_bottleneck": true)",
          R"("num_channels": 1)", R"("layer_type": "basic")", R"("embedding_size": 32)",
          R"("depths": [3, 4, 23, 3])", R"("hidden_sizes": [64, 128, 256, 512])", R"("hidden_act": 1)"}) {
        CAPTURE(setting);
        CHECK_THROWS_AS(check("{" + setting + "}"), ModelError);
        CHECK_THROWS_AS(check("{" + setting + "}", "resnet50", true), ModelError);
    }
}

TEST_CASE("another model_type is refused until the user names the network") {
    CHECK_THROWS_AS(check(R"({"model_type": "regnet"})"), ModelError);
    check(R"({"model_type": "regnet"})", "resnet50", true);
    check(R"({"model_type": "timm_wrapper", "architecture": "resnet50"})");
}

TEST_CASE("timm's settings are compared with the network that runs") {
    const auto timm = [](const std::string& settings, std::string_view name = "resnet50") {
        check(R"({"architecture": "net", )" + settings + "}", name);
    };
    timm(R"("num_classes": 10, "num_features": 2048, "global_pool": "avg")");
    timm(R"("num_features": 2048)", "resnetv2_50");
    timm(R"("num_features": 1280)", "tf_efficientnet_lite0");
    timm(R"("model_args": {"in_chans": 3, "output_stride": 32, "act_layer": "relu", "drop_rate": 0.1,
        "aa_layer": null})");
    for (const std::string setting :
         {R"("global_pool": "max")", R"("global_pool": "avgmax")", R"("num_features": 512)",
          R"("model_args": {"act_layer": "gelu"})", R"("model_args": {"output_stride": 16})",
          R"("model_args": {"aa_layer": "blurpool"})", R"("model_args": {"in_chans": 1})",
          R"("model_args": {"global_pool": "catavgmax"})", R"("model_args": {"replace_stem_pool": true})"}) {
        CAPTURE(setting);
        CHECK_THROWS_AS(timm(setting), ModelError);
    }
    CHECK_THROWS_AS(timm(R"("model_args": {"act_layer": "relu"})", "tf_efficientnet_lite0"), ModelError);
}
