#include "models/checkpoint_config.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "base/json.h"

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

TEST_CASE("timm's label names that are WordNet ids stay beside their descriptions") {
    const ClassNames cat_and_dog = {{"tabby, tabby cat", "n02123045"}, {"n99999999", "n99999999"}};
    const StateDict described = with_config(R"({"label_names": ["n02123045", "n99999999"],
        "label_descriptions": {"n02123045": "tabby, tabby cat"}})");
    CHECK(checkpoint_class_names(described, 2) == cat_and_dog);
    const StateDict bare = with_config(R"({"label_names": ["n02123045", "n02129165"]})");
    CHECK(checkpoint_class_names(bare, 2) == ClassNames{{"tabby", "n02123045"}, {"lion", "n02129165"}});
}

TEST_CASE("transformers' names that are WordNet ids count as such") {
    const StateDict of_imagenet = with_config(R"({"id2label": {"1": "n02123045", "0": "n02129165"}})");
    CHECK(checkpoint_class_names(of_imagenet, 2) ==
          ClassNames{{"lion", "n02129165"}, {"tabby", "n02123045"}});
    const StateDict of_wordnet = with_config(R"({"id2label": {"0": "n00004475"}})");
    CHECK(checkpoint_class_names(of_wordnet, 1) == ClassNames{{"n00004475", "n00004475"}});
    CHECK(checkpoint_class_names(with_config(R"({"id2label": {"0": "n0212304"}})"), 1)->at(0).wnid.empty());
}

TEST_CASE("transformers' names of ImageNet's classes get their WordNet ids, those of 1000 others do not") {
    const ClassNames imagenet = imagenet_class_names();
    const auto stated = [](const ClassNames& class_names, std::string_view more_words) {
        Json names = Json::object();
        for (std::size_t index = 0; index < class_names.size(); ++index)
            names[std::to_string(index)] = class_names[index].name + std::string(more_words);
        return *checkpoint_class_names(with_config(Json{{"id2label", names}}.dump()), 1000);
    };
    CHECK(stated(imagenet, "")[281] == ClassName{"tabby", "n02123045"});
    CHECK(stated(imagenet, ", more words")[281] == ClassName{"tabby, more words", "n02123045"});
    CHECK(stated(ClassNames(imagenet.rbegin(), imagenet.rend()), "")[281].wnid.empty());
}

TEST_CASE("the preprocessing that timm states is read") {
    const auto preprocessing =
        checkpoint_preprocessing(with_config(R"({"pretrained_cfg": {"input_size": [3, 224, 224],
        "crop_pct": 0.95, "interpolation": "bicubic", "crop_mode": "center",
        "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.5, 0.5]}})"),
                                 "net");
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
                                                         rest + "}}"),
                                             "net");
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

TEST_CASE("preprocessing of timm that imnet cannot do is refused by the name of the setting") {
    const auto stated = [&](const std::string& setting) {
        return checkpoint_preprocessing(with_config(R"({"pretrained_cfg": {)" + setting + "}}"), "net");
    };
    CHECK_THROWS_WITH_AS(
        stated(R"("interpolation": "random")"),
        "net: its config.json says interpolation: \"random\": imnet has nearest, box, bilinear, "
        "hamming, bicubic and lanczos",
        ModelError);
    for (const std::string setting :
         {R"("crop_mode": "middle")", R"("crop_mode": 1)", R"("crop_pct": 0)", R"("crop_pct": "0.9")",
          R"("input_size": [1, 224, 224])", R"("input_size": [3, 224, 256])", R"("input_size": 224)",
          R"("mean": 0.5)", R"("std": [0.5, 0.5, 0])", R"("std": [1, 1])"}) {
        CAPTURE(setting);
        CHECK_THROWS_AS(stated(setting), ModelError);
    }
}

TEST_CASE("what timm's config leaves out has timm's defaults") {
    const auto stated = [](std::string text) {
        return checkpoint_preprocessing(with_config(std::move(text)), "net");
    };
    CHECK(stated(R"({"pretrained_cfg": {"input_size": [3, 160, 160], "mean": null}})") ==
          Preprocessing{.short_side = 182, .image_size = 160, .interpolation = Interpolation::bicubic});
    CHECK_FALSE(stated(R"({"pretrained_cfg": {}})").has_value());
    CHECK_FALSE(stated("{}").has_value());
}

TEST_CASE("transformers' preprocessing is read, with ConvNeXt's processor for a ResNet that names none") {
    StateDict state_dict = with_config(R"({"model_type": "resnet"})");
    state_dict.metadata.emplace_back("preprocessor_config.json", R"({"size": 224, "crop_pct": 0.875})");
    CHECK(checkpoint_preprocessing(state_dict, "net")->short_side == 256);
    state_dict.metadata[0].second = "{}";
    CHECK_THROWS_WITH_AS(
        checkpoint_preprocessing(state_dict, "net"),
        "net: its preprocessor_config.json says image_processor_type is missing, and no other "
        "setting tells it",
        ModelError);
    state_dict.metadata[1].second = "[";
    CHECK_THROWS_WITH_AS(checkpoint_preprocessing(state_dict, "net"),
                         "net: its preprocessor_config.json is not a JSON object", ModelError);
}

TEST_CASE("where timm's and transformers' files state the preprocessing, they have to agree") {
    StateDict state_dict = with_config(R"({"pretrained_cfg": {"crop_pct": 0.875, "mean": [0.5, 0.5, 0.5],
        "std": [0.5, 0.5, 0.5]}})");
    const auto add = [&](std::string text) {
        state_dict.metadata.emplace_back("preprocessor_config.json", std::move(text));
    };
    SUBCASE("they do, and timm's rule for the crop counts") {
        add(R"({"image_processor_type": "ConvNextImageProcessor", "size": 224})");
        CHECK(checkpoint_preprocessing(state_dict, "net")->crop_start == CropStart::rounded_half_to_even);
    }
    SUBCASE("they do not") {
        add(R"({"image_processor_type": "ConvNextImageProcessor", "size": 224, "resample": 2})");
        CHECK_THROWS_AS(checkpoint_preprocessing(state_dict, "net"), ModelError);
    }
    SUBCASE("transformers' file is a copy of timm's") {
        add(R"({"image_processor_type": "TimmWrapperImageProcessor"})");
        CHECK(checkpoint_preprocessing(state_dict, "net")->short_side == 256);
    }
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

TEST_CASE("a config that states several labels an image means sigmoid") {
    const auto activation = [](std::string config) {
        return checkpoint_activation(with_config(std::move(config)));
    };
    CHECK(activation(R"({"problem_type": "multi_label_classification"})") == OutputActivation::sigmoid);
    CHECK(activation(R"({"problem_type": "single_label_classification"})") == OutputActivation::softmax);
    CHECK(activation(R"({"problem_type": null})") == OutputActivation::softmax);
    CHECK(activation("{}") == OutputActivation::softmax);
}
