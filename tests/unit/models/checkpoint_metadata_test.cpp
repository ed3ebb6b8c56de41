#include "models/checkpoint_metadata.h"

#include <doctest/doctest.h>

#include <map>

#include "models/checkpoint_config.h"

using namespace imnet;

namespace {

using Texts = std::map<std::string, std::string>;

Texts texts(const ClassNames& class_names, const Preprocessing& preprocessing = {}) {
    const auto metadata = checkpoint_metadata(architecture("resnet18", static_cast<int>(class_names.size())),
                                              class_names, preprocessing);
    return {metadata.begin(), metadata.end()};
}

}  // namespace

TEST_CASE("the metadata of a checkpoint describes it") {
    Texts metadata = texts({{"oak", ""}, {"äsche \"x\"", ""}});
    CHECK(metadata.at("format") == "pt");
    CHECK(metadata.at("architecture") == "resnet18");
    CHECK(metadata.at("class_names") == R"(["oak","äsche \"x\""])");
    CHECK_FALSE(metadata.contains("wnids"));
    CHECK(metadata.at("preprocessing") ==
          R"({"resize": 232, "crop": 224, "interpolation": "bilinear", "mean": [0.485, 0.456, 0.406], )"
          R"("std": [0.229, 0.224, 0.225]})");
    CHECK(texts({{"tabby", "n02123045"}, {"tench", "n01440764"}}).at("wnids") ==
          R"(["n02123045","n01440764"])");
    CHECK_FALSE(texts({{"tabby", "n02123045"}, {"oak", ""}}).contains("wnids"));
}

TEST_CASE("the metadata is read back") {
    Preprocessing preprocessing{40, 32, Interpolation::bicubic, {0.5F, 0.1F, 1.0F / 3}, {0.25F, 0.3F, 0.7F}};
    SUBCASE("of a cropped picture") {}
    SUBCASE("of a squashed picture") { preprocessing.crop_mode = CropMode::squash; }
    SUBCASE("of one that transformers crops") { preprocessing.crop_start = CropStart::rounded_down; }
    const ClassNames class_names{{"oak", "n1"}, {"beech", "n2"}};
    StateDict state_dict;
    state_dict.metadata = checkpoint_metadata(architecture("resnet18", 2), class_names, preprocessing);
    CHECK(checkpoint_preprocessing(state_dict, "net") == preprocessing);
    const auto read = checkpoint_class_names(state_dict, 2);
    REQUIRE(read.has_value());
    CHECK(read->at(0).name == "oak");
    CHECK(read->at(1).name == "beech");
    CHECK(read->at(1).wnid == "n2");
}

TEST_CASE("invalid preprocessing is ignored") {
    const std::string good =
        R"({"resize": 40, "crop": 32, "interpolation": "bilinear", "mean": [0, 0, 0], "std": [1, 1, 1], )"
        R"("crop_mode": "squash", "crop_start": "rounded_down"})";
    CHECK(parse_preprocessing(good).has_value());
    for (const auto& [part, other] : {std::pair{"40", "0"},
                                      {"40", "1000000000"},
                                      {"40", "1e300"},
                                      {"32", "32.5"},
                                      {"[0, 0, 0]", "[0, 1e60, 0]"},
                                      {"32", "-1"},
                                      {"32", "\"32\""},
                                      {"bilinear", "random"},
                                      {"squash", "middle"},
                                      {"\"squash\"", "1"},
                                      {"rounded_down", "up"},
                                      {"[1, 1, 1]", "[1, 0, 1]"},
                                      {"[1, 1, 1]", "[1, 1]"},
                                      {"[1, 1, 1]", "[1, 1e60, 1]"},
                                      {"\"mean\"", "\"middle\""},
                                      {"}", ""}}) {
        std::string text = good;
        text.replace(text.find(part), std::string_view(part).size(), other);
        CAPTURE(text);
        CHECK_FALSE(parse_preprocessing(text).has_value());
    }
    CHECK_FALSE(parse_preprocessing("[]").has_value());
}
