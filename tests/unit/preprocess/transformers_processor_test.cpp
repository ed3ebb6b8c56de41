#include "preprocess/transformers_processor.h"

#include <string>

#include <doctest/doctest.h>

#include "base/errors.h"

using namespace imnet;

namespace {

Preprocessing parse(const std::string& processor, const std::string& settings = "") {
    const std::string type = R"({"image_processor_type": ")" + processor + "\"";
    return parse_transformers_processor(Json::parse(type + (settings.empty() ? "" : ", ") + settings + "}"),
                                        "");
}

std::string size_of(const std::string& processor, const std::string& settings) {
    return describe_size(parse(processor, settings));
}

}  // namespace

TEST_CASE("ConvNeXt's processor crops below 384 pixels and squashes from there") {
    CHECK(size_of("ConvNextFeatureExtractor", R"("size": 224, "crop_pct": 0.875, "resample": 2)") ==
          "resize 256, crop 224, bilinear, crop rounded down");
    CHECK(size_of("ConvNextImageProcessorFast", R"("size": {"shortest_edge": 288}, "crop_pct": 0.95)") ==
          "resize 303, crop 288, bicubic, crop rounded down");
    CHECK(size_of("ConvNextImageProcessor", R"("size": 384)") ==
          "resize 384x384, crop 384, bicubic, crop rounded down");
    CHECK_THROWS_AS(parse("ConvNextImageProcessor", R"("size": {"height": 224, "width": 224})"), ModelError);
    CHECK_THROWS_AS(parse("ConvNextImageProcessor", R"("crop_pct": 1.5)"), ModelError);
}

TEST_CASE("ViT's processor squashes, and BiT's and CLIP's crop what they resized") {
    CHECK(size_of("ViTImageProcessor", R"("size": 96)") ==
          "resize 96x96, crop 96, bilinear, crop rounded down");
    CHECK(size_of("ViTFeatureExtractor", R"("size": {"height": 96, "width": 96}, "resample": 0)") ==
          "resize 96x96, crop 96, nearest, crop rounded down");
    CHECK(size_of("BitImageProcessor", R"("size": {"shortest_edge": 256})") ==
          "resize 256, crop 224, bicubic, crop rounded down");
    CHECK(size_of("CLIPImageProcessor", R"("size": 224, "crop_size": [192, 192])") ==
          "resize 224, crop 192, bicubic, crop rounded down");
    CHECK(size_of("DeiTImageProcessorPil", "") == "resize 256x256, crop 224, bicubic, crop rounded down");
}

TEST_CASE("rescaling and normalising become a mean and a deviation of values from 0 to 1") {
    CHECK(parse("ViTImageProcessor").mean == std::array{0.5F, 0.5F, 0.5F});
    CHECK(parse("ViTImageProcessor", R"("image_std": 0.25, "rescale_factor": 0.003921568859)").std ==
          std::array{0.25F, 0.25F, 0.25F});
    CHECK(parse("ViTImageProcessor", R"("do_normalize": false)").std == std::array{1.0F, 1.0F, 1.0F});
    const Preprocessing bytes =
        parse("ViTImageProcessor", R"("do_rescale": false, "image_mean": [51, 102, 0])");
    CHECK(bytes.mean == std::array{0.2F, 0.4F, 0.0F});
    CHECK(bytes.std[0] == doctest::Approx(0.5 / 255));
}

TEST_CASE("what imnet cannot do is refused by the name of the setting") {
    CHECK_THROWS_WITH_AS(parse("ViTImageProcessor", R"("resample": 6)"),
                         "resample: 6: it has to be a number from 0 to 5, one of Pillow's filters",
                         ModelError);
    CHECK_THROWS_WITH_AS(parse("LevitImageProcessor"),
                         "image_processor_type: \"LevitImageProcessor\": imnet knows the processors of "
                         "ConvNext, ViT, Bit, CLIP "
                         "and DeiT",
                         ModelError);
    for (const std::string settings : {R"("do_resize": false)",
                                       R"("do_center_crop": false)",
                                       R"("do_pad": true)",
                                       R"("do_rescale": "yes")",
                                       R"("size": {"longest_edge": 224})",
                                       R"("size": {"shortest_edge": 224, "longest_edge": 300})",
                                       R"("size": {"height": 224, "width": 256})",
                                       R"("size": {"height": 224})",
                                       R"("size": [224])",
                                       R"("size": "224")",
                                       R"("size": 0)",
                                       R"("size": 1e300)",
                                       R"("size": 224.5)",
                                       R"("crop_size": {"shortest_edge": 224})",
                                       R"("crop_size": {"height": 224, "width": 256})",
                                       R"("rescale_factor": 0)",
                                       R"("rescale_factor": 1e300)",
                                       R"("rescale_offset": true)",
                                       R"("resample": "bicubic")",
                                       R"("image_mean": [0.5])",
                                       R"("image_std": 0)",
                                       R"("image_std": "1")"}) {
        CAPTURE(settings);
        CHECK_THROWS_AS(parse("BitImageProcessor", settings), ModelError);
    }
    CHECK_THROWS_AS(parse("ViTImageProcessor", R"("do_center_crop": true)"), ModelError);
    CHECK_THROWS_AS(parse("ConvNextImageProcessor", R"("do_center_crop": true, "crop_size": 200)"),
                    ModelError);
}
