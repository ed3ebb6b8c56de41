#include "preprocess/stated_preprocessing.h"

#include <limits>

#include <doctest/doctest.h>

#include "base/errors.h"

using namespace imnet;

namespace {

const Preprocessing usual;  // 232, 224, bilinear
const Preprocessing squashed{.short_side = 224, .image_size = 224, .crop_mode = CropMode::squash};

std::string size_of(const StatedPreprocessing& stated, const Preprocessing& own = usual) {
    return describe_size(with_stated(stated, own));
}

}  // namespace

TEST_CASE("what is not stated stays as the model has it") {
    CHECK(with_stated({}, usual) == usual);
    CHECK(with_stated({}, squashed) == squashed);
    CHECK(overriding({}, usual).empty());
}

TEST_CASE("the short side is stated, or follows from crop_pct as in timm, or keeps its proportion") {
    CHECK(size_of({.image_size = 112}) == "resize 116, crop 112, bilinear");
    CHECK(size_of({.short_side = 256}) == "resize 256, crop 224, bilinear");
    CHECK(size_of({.image_size = 288, .short_side = 200}) == "resize 200, crop 288, bilinear");
    CHECK(size_of({.crop_pct = 0.95}) == "resize 235, crop 224, bilinear");  // 235.79
    CHECK(size_of({.image_size = 288, .crop_pct = 1}) == "resize 288, crop 288, bilinear");
    CHECK(size_of({.crop_pct = 1.25}) == "resize 179, crop 224, bilinear");
}

TEST_CASE("squash and pad show the whole picture unless crop_pct is stated") {
    CHECK(size_of({.crop_mode = CropMode::squash}) == "resize 224x224, crop 224, bilinear");
    CHECK(size_of({.image_size = 96, .crop_mode = CropMode::border}) ==
          "resize long side 96, crop 96, bilinear");
    CHECK(size_of({.crop_pct = 0.875, .crop_mode = CropMode::border}) ==
          "resize long side 256, crop 224, bilinear");
    CHECK(size_of({.crop_mode = CropMode::center}, squashed) == "resize 224, crop 224, bilinear");
    CHECK(size_of({.image_size = 64}, squashed) == "resize 64x64, crop 64, bilinear");
}

TEST_CASE("a stated crop mode crops as torchvision does, even for a model of transformers") {
    Preprocessing own = squashed;
    own.crop_start = CropStart::rounded_down;
    CHECK(with_stated({.crop_mode = CropMode::center}, own).crop_start == CropStart::rounded_half_to_even);
    CHECK(with_stated({.image_size = 96}, own).crop_start == CropStart::rounded_down);
}

TEST_CASE("contradictions are refused by the names of the options") {
    CHECK_THROWS_WITH_AS(check_stated({.short_side = 256, .crop_pct = 0.875}),
                         "--short-side and --crop-pct contradict each other: both set the short side",
                         UsageError);
    CHECK_THROWS_AS(check_stated({.short_side = 256, .crop_mode = CropMode::squash}), UsageError);
    CHECK_THROWS_AS(check_stated({.short_side = 256, .crop_mode = CropMode::border}), UsageError);
    CHECK_NOTHROW(check_stated({.short_side = 256, .crop_mode = CropMode::center}));
    CHECK_THROWS_WITH_AS(with_stated({.short_side = 256}, squashed),
                         "--short-side: this model does not resize the short side (resize 224x224, crop 224, "
                         "bilinear): add --fit crop, or leave it out",
                         UsageError);
}

TEST_CASE("a mean is finite, a standard deviation is above 0, and so are the pixels") {
    constexpr float infinite = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS(check_stated({.mean = {{0, infinite, 0}}}), UsageError);
    CHECK_THROWS_AS(check_stated({.mean = {{0, 0, std::numeric_limits<float>::quiet_NaN()}}}), UsageError);
    CHECK_THROWS_AS(check_stated({.std = {{1, 1, 0}}}), UsageError);
    CHECK_THROWS_AS(check_stated({.std = {{1, -1, 1}}}), UsageError);
    CHECK_THROWS_AS(check_stated({.std = {{infinite, 1, 1}}}), UsageError);
    CHECK_THROWS_AS(with_stated({.std = {{1e-40F, 1, 1}}}, usual), UsageError);
    const Preprocessing now = with_stated({.mean = {{-1, 0, 2}}, .std = {{1, 2, 3}}}, usual);
    CHECK(now.mean == std::array{-1.0F, 0.0F, 2.0F});
    CHECK(now.std == std::array{1.0F, 2.0F, 3.0F});
}

TEST_CASE("the options that change something are named") {
    using Names = std::vector<std::string>;
    CHECK(overriding({.image_size = 224, .short_side = 232, .mean = usual.mean}, usual).empty());
    CHECK(overriding({.image_size = 96, .interpolation = Interpolation::box, .std = {{1, 1, 1}}}, usual) ==
          Names{"--size", "--interpolation", "--std"});
    CHECK(overriding({.crop_pct = 1, .mean = {{0, 0, 0}}}, usual) == Names{"--crop-pct", "--mean"});
    CHECK(overriding({.crop_mode = CropMode::squash}, usual) == Names{"--fit"});
    CHECK(overriding({.crop_mode = CropMode::squash}, squashed).empty());
}
