#include "models/recognise_architecture.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "models/architecture.h"
#include "models/state_dict_of.h"

namespace imnet {
namespace {

StateDict checkpoint(std::string_view name, int classes = 10) {
    return test::state_dict_of(architecture(name, classes));
}

StateDict stating(StateDict state_dict, std::string key, std::string text) {
    state_dict.metadata.emplace_back(std::move(key), std::move(text));
    return state_dict;
}

}  // namespace

TEST_CASE("a checkpoint of each family is recognised by its tensors") {
    for (const std::string_view name :
         {"resnet18", "resnext50_32x4d", "resnet26t", "seresnet50", "ecaresnet50d_pruned", "resnetrs50",
          "resnet50_gn", "test_resnet", "resnetv2_34d", "resnetv2_50d_evos", "resnetv2_50x1_bit",
          "tf_efficientnet_lite1"}) {
        CAPTURE(name);
        CHECK(recognise_architecture(checkpoint(name), "net.pth") == name);
    }
}

TEST_CASE("timm's and torchvision's net of the same name compute the same, so torchvision's is taken") {
    CHECK(fitting_architectures(checkpoint("timm/resnet18")) == std::vector<std::string_view>{"resnet18"});
    CHECK(recognise_architecture(checkpoint("timm/resnet34"), "net.pth") == "resnet34");
}

TEST_CASE("nets with the same tensors that compute different things are not mistaken for one another") {
    const StateDict unnamed = checkpoint("resnetaa50");
    CHECK(fitting_architectures(unnamed) ==
          std::vector<std::string_view>{"resnet50", "resnetblur50", "resnetaa50"});
    CHECK_THROWS_WITH_AS(recognise_architecture(unnamed, "dir/net.pth"),
                         "dir/net.pth: resnet50, resnetblur50, resnetaa50 have the same tensors and compute "
                         "different things, and nothing says which this is: use --model resnet50 if you know "
                         "no better",
                         ModelError);

    SUBCASE("the name of the file or of its folder decides") {
        CHECK(recognise_architecture(unnamed, "resnetaa50_a1h-4cf422b3.pth") == "resnetaa50");
        CHECK(recognise_architecture(unnamed, "timm/resnetblur50.bt_in1k/model.safetensors") ==
              "resnetblur50");
        CHECK(recognise_architecture(unnamed, "My_ResNet50_flowers.pth") == "resnet50");
        CHECK_THROWS_AS(recognise_architecture(unnamed, "seresnet50.pth"), ModelError);
    }
    SUBCASE("what the checkpoint states decides") {
        CHECK(recognise_architecture(stating(unnamed, "architecture", "resnetaa50"), "net") == "resnetaa50");
        CHECK(recognise_architecture(stating(unnamed, "arch", "resnet50"), "net") == "resnet50");
        CHECK(recognise_architecture(stating(unnamed, "args.model", "resnet50"), "net") == "resnet50");
        CHECK_THROWS_AS(recognise_architecture(stating(unnamed, "args.model", "mine"), "net"), ModelError);
        const auto config = [&](const char* text) { return stating(unnamed, "config.json", text); };
        CHECK(recognise_architecture(config(R"({"architecture": "resnetblur50"})"), "net") == "resnetblur50");
        CHECK(recognise_architecture(config(R"({"architecture": "resnet50"})"), "net") == "timm/resnet50");
        CHECK(recognise_architecture(config(R"({"model_type": "resnet"})"), "net") == "resnet50");
    }
}

TEST_CASE("a checkpoint that states a network which is not known here is refused") {
    const StateDict other =
        stating(checkpoint("resnet18"), "config.json", R"({"architecture": "resnetblur18"})");
    CHECK_THROWS_WITH_AS(recognise_architecture(other, "net"),
                         "net: it states the architecture resnetblur18, which imnet does not know: if it "
                         "computes what resnet18 computes, use --model resnet18",
                         ModelError);
}

TEST_CASE("tensors that fit no network have no architecture") {
    StateDict partial = checkpoint("resnet18");
    partial.tensors.pop_back();
    CHECK(recognise_architecture(partial, "resnet18.pth").empty());
    CHECK(fitting_architectures({}).empty());
}

}  // namespace imnet
