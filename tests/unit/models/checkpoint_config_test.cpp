#include "models/checkpoint_config.h"

#include <doctest/doctest.h>

#include "base/errors.h"

using namespace imnet;

namespace {

StateDict with_config(std::string text) {
    StateDict state_dict;
    state_dict.metadata.emplace_back("config.json", std::move(text));
    return state_dict;
}

}  // namespace

TEST_CASE("class names of Hugging Face transformers") {
    const StateDict two = with_config(R"({"id2label": {"1": "dog", "0": "cat"}})");
    REQUIRE(checkpoint_class_names(two, 2).has_value());
    CHECK(checkpoint_class_names(two, 2)->at(1).name == "dog");
    CHECK_FALSE(checkpoint_class_names(two, 3).has_value());  // one is missing
    CHECK_FALSE(checkpoint_class_names(two, 1).has_value());  // one is too many
    CHECK_FALSE(checkpoint_class_names(with_config("{"), 2).has_value());
    CHECK_FALSE(checkpoint_class_names(StateDict{}, 2).has_value());
}

TEST_CASE("class names of timm, with descriptions where it has them") {
    const StateDict two =
        with_config(R"({"label_names": ["n01", "n02"], "label_descriptions": {"n02": "dog"}})");
    CHECK(checkpoint_class_names(two, 2)->at(0).name == "n01");
    CHECK(checkpoint_class_names(two, 2)->at(1).name == "dog");
    const StateDict wnid = with_config(R"({"label_names": ["n02123045"]})");
    CHECK(checkpoint_class_names(wnid, 1)->at(0).wnid == "n02123045");
}

TEST_CASE("the preprocessing that timm states is read") {
    const auto preprocessing =
        checkpoint_preprocessing(with_config(R"({"pretrained_cfg": {"input_size": [3, 224, 224],
        "crop_pct": 0.95, "interpolation": "bicubic", "crop_mode": "center",
        "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.5, 0.5]}})"));
    REQUIRE(preprocessing.has_value());
    CHECK(preprocessing->short_side == 235);
    CHECK(preprocessing->image_size == 224);
    CHECK(preprocessing->interpolation == Interpolation::bicubic);
    CHECK(preprocessing->std[0] == 0.25F);
}

TEST_CASE("timm's test size and crop are read, and either may be that of the training") {
    const auto stated = [](const std::string& rest) {
        return checkpoint_test_preprocessing(with_config(R"({"pretrained_cfg": {"input_size": [3, 224, 224],
            "crop_pct": 0.95, "interpolation": "bicubic", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5])" +
                                                         rest + "}}"));
    };
    const auto both = stated(R"(, "test_input_size": [3, 288, 288], "test_crop_pct": 1.0)");
    REQUIRE(both.has_value());
    CHECK(both->image_size == 288);
    CHECK(both->short_side == 288);
    CHECK(both->interpolation == Interpolation::bicubic);
    CHECK(stated(R"(, "test_input_size": [3, 288, 288])")->short_side == 303);
    CHECK(stated(R"(, "test_crop_pct": 1.0)")->short_side == 224);
    CHECK_FALSE(stated("").has_value());
    CHECK_FALSE(stated(R"(, "test_input_size": null, "test_crop_pct": null)").has_value());
}

TEST_CASE("preprocessing that is unsupported or invalid is ignored as a whole") {
    const std::string sound =
        R"("input_size": [3, 224, 224], "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], )";
    const auto served = [&](const std::string& rest) {
        return checkpoint_preprocessing(with_config(R"({"pretrained_cfg": {)" + sound + rest + "}}"))
            .has_value();
    };
    CHECK(served(R"("crop_pct": 0.9, "interpolation": "bilinear")"));
    CHECK_FALSE(served(R"("crop_pct": 0.9, "interpolation": "lanczos")"));
    CHECK(served(R"("crop_pct": 1.0, "interpolation": "nearest", "crop_mode": "squash")"));
    CHECK_FALSE(served(R"("crop_pct": 0.9, "interpolation": "bilinear", "crop_mode": "border")"));
    CHECK_FALSE(served(R"("crop_pct": 0.9, "interpolation": "bilinear", "crop_mode": 1)"));
    CHECK_FALSE(served(R"("crop_pct": 0, "interpolation": "bilinear")"));
    CHECK_FALSE(served(R"("crop_pct": "0.9", "interpolation": "bilinear")"));
}

TEST_CASE("a net with its strides in other convolutions is refused, although its tensors fit") {
    CHECK_THROWS_AS(refuse_other_strides(with_config(R"({"downsample_in_bottleneck": true})"), "net"),
                    ModelError);
    refuse_other_strides(with_config(R"({"downsample_in_bottleneck": false})"), "net");
    refuse_other_strides(StateDict{}, "net");
}

TEST_CASE("class names in the checkpoint take precedence over those of the config") {
    StateDict state_dict = with_config(R"({"id2label": {"0": "cat", "1": "dog"}})");
    state_dict.metadata.emplace_back("class_names", R"(["lion","wolf"])");
    CHECK(checkpoint_class_names(state_dict, 2)->at(0).name == "lion");
    CHECK_FALSE(checkpoint_class_names(state_dict, 3).has_value());
}

TEST_CASE("WordNet ids are read with the class names") {
    const auto class_names_with = [](std::string wnids) {
        StateDict state_dict;
        state_dict.metadata.emplace_back("class_names", R"(["lion","wolf"])");
        state_dict.metadata.emplace_back("wnids", std::move(wnids));
        return *checkpoint_class_names(state_dict, 2);
    };
    CHECK(class_names_with(R"(["n02129165","n02114367"])")[1].name == "wolf");
    CHECK(class_names_with(R"(["n02129165","n02114367"])")[1].wnid == "n02114367");
    CHECK(class_names_with(R"(["n02129165",""])")[1].wnid.empty());  // a class that WordNet does not have
    CHECK(class_names_with(R"(["n02129165"])")[0].wnid.empty());     // not one for each class
    CHECK(class_names_with(R"(["n02129165",7])")[0].wnid.empty());
    CHECK(class_names_with("n02129165")[0].wnid.empty());
    CHECK(class_names_with("n02129165")[0].name == "lion");
}
