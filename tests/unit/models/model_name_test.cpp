#include "models/model_name.h"

#include <doctest/doctest.h>

#include "base/errors.h"

using namespace imnet;

namespace {

// "resnet50" for a name that states an architecture only, "timm/resnet50 a1_in1k" for one with weights.
std::string meaning(const ModelName& name) {
    return name.weights == nullptr ? name.architecture
                                   : name.architecture + ' ' + std::string(name.weights->name);
}

std::string meaning(std::string_view typed) { return meaning(parse_model_name(typed)); }

std::string meaning(std::string_view model, std::string_view weights) {
    return meaning(parse_model_name(model, weights));
}

template <typename Error>
std::string refusal(std::string_view model, std::string_view weights = "") {
    try {
        return meaning(model, weights);
    } catch (const Error& error) {
        return error.what();
    }
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("timm's names are understood as they stand in code, on model cards and in addresses") {
    for (const std::string_view typed :
         {"resnet50.a1_in1k", "timm/resnet50.a1_in1k", "hf-hub:timm/resnet50.a1_in1k",
          "hf_hub:timm/resnet50.a1_in1k", "https://huggingface.co/timm/resnet50.a1_in1k",
          "https://huggingface.co/timm/resnet50.a1_in1k/tree/main"}) {
        CAPTURE(typed);
        CHECK(meaning(typed) == "timm/resnet50 a1_in1k");
    }
    CHECK(meaning("resnetv2_50.a1h_in1k") == "resnetv2_50 a1h_in1k");
    CHECK(meaning("timm/resnetv2_50x1_bit.goog_in21k") == "resnetv2_50x1_bit goog_in21k");
    CHECK(meaning("seresnextaa101d_32x8d.sw_in12k_ft_in1k_288") ==
          "seresnextaa101d_32x8d sw_in12k_ft_in1k_288");
    CHECK(meaning("resnet50.tv2_in1k") == "timm/resnet50 tv2_in1k");
}

TEST_CASE("torchvision's names are understood") {
    CHECK(meaning("ResNet50_Weights.IMAGENET1K_V1") == "resnet50 IMAGENET1K_V1");
    CHECK(meaning("ResNet50_Weights.DEFAULT") == "resnet50 IMAGENET1K_V2");
    CHECK(meaning("ResNet18_Weights") == "resnet18 IMAGENET1K_V1");
    CHECK(meaning("torchvision.models.ResNet152_Weights.IMAGENET1K_V2") == "resnet152 IMAGENET1K_V2");
    CHECK(meaning("models.Wide_ResNet50_2_Weights.DEFAULT") == "wide_resnet50_2 IMAGENET1K_V2");
    CHECK(meaning("ResNeXt50_32X4D_Weights.IMAGENET1K_V1") == "resnext50_32x4d IMAGENET1K_V1");
    CHECK(meaning("ResNeXt101_64X4D_Weights.DEFAULT") == "resnext101_64x4d IMAGENET1K_V1");
    CHECK(meaning("resnet50.IMAGENET1K_V1") == "resnet50 IMAGENET1K_V1");
}

TEST_CASE("a bare name is torchvision's, if torchvision has it, and timm's with its prefix") {
    CHECK(meaning("resnet50") == "resnet50");
    CHECK(meaning("torchvision/resnet50") == "resnet50");
    CHECK(meaning("timm/resnet50") == "timm/resnet50");
    CHECK(meaning("hf-hub:timm/resnet50") == "timm/resnet50");
    CHECK(meaning("timm/resnet50.DEFAULT") == "timm/resnet50 a1_in1k");
    CHECK(meaning("resnet50d") == "resnet50d");
    CHECK(meaning("timm/resnet50d") == "resnet50d");
    CHECK(meaning("efficientnet_lite2") == "tf_efficientnet_lite2");
    CHECK(contains(refusal<UsageError>("torchvision/resnet50d"), "no architecture is called"));
}

TEST_CASE("a model and its weights are named together or apart") {
    CHECK(meaning("", "") == "resnet50");
    CHECK(meaning("", "IMAGENET1K_V1") == "resnet50 IMAGENET1K_V1");
    CHECK(meaning("", "DEFAULT") == "resnet50 IMAGENET1K_V2");
    CHECK(meaning("", "resnet50d.a1_in1k") == "resnet50d a1_in1k");
    CHECK(meaning("", "ResNet18_Weights.DEFAULT") == "resnet18 IMAGENET1K_V1");
    CHECK(meaning("", "timm/resnet50") == "timm/resnet50");
    CHECK(meaning("resnet50", "a1_in1k") == "timm/resnet50 a1_in1k");
    CHECK(meaning("resnet50", "ResNet50_Weights.IMAGENET1K_V1") == "resnet50 IMAGENET1K_V1");
    CHECK(meaning("timm/resnet50", "DEFAULT") == "timm/resnet50 a1_in1k");
    CHECK(meaning("resnet50.a1_in1k", "a1_in1k") == "timm/resnet50 a1_in1k");
    for (const auto& [model, weights] :
         {std::pair{"resnet50.a1_in1k", "a2_in1k"}, std::pair{"resnet18", "resnet50.a1_in1k"},
          std::pair{"timm/resnet50", "ResNet50_Weights.DEFAULT"}}) {
        CHECK(contains(refusal<UsageError>(model, weights), "contradict each other"));
    }
}

TEST_CASE("an unknown name is refused with those that are near") {
    CHECK(contains(refusal<UsageError>("resnet5O"), "resnet50"));
    CHECK(contains(refusal<UsageError>("resnet50x.a1_in1k"), "resnet50.a1_in1k"));
    CHECK(contains(refusal<UsageError>("hf-hub:someone/net"), "give the file or folder to --weights"));
    const std::string tags = refusal<ModelError>("resnet50d.a5_in1k");
    CHECK(contains(tags, "did you mean a1_in1k or a2_in1k or a3_in1k? it has a1_in1k"));
    CHECK(contains(tags, "gluon_in1k"));
    CHECK(tags.find('\n') == std::string::npos);
    CHECK(contains(refusal<ModelError>("ResNet50_Weights.IMAGENET1K_V3"), "IMAGENET1K_V1, IMAGENET1K_V2"));
    CHECK(contains(refusal<ModelError>("", "gone.pth"), "there is no such file"));
}

TEST_CASE("every published name is understood as itself") {
    for (const PublishedWeights& row : published_weights()) {
        CAPTURE(row.full_name());
        CHECK(parse_model_name(row.full_name()).weights == &row);
        CHECK(parse_model_name(row.model).architecture == row.model);
        CHECK(parse_model_name(std::string(row.model) + "." + std::string(row.name)).weights == &row);
    }
}
