#include "explanation/explain.h"

#include <filesystem>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "codecs/decode.h"
#include "codecs/picture_bytes.h"
#include "codecs/write_png.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

ExplainOptions small_recipe() {
    ExplainOptions options;
    options.preprocessing = {.short_side = 8, .image_size = 8};
    return options;
}

ClassHeat left_half(std::span<const std::byte> pixels) {
    CHECK(pixels.size() == std::size_t{8} * 8 * 3 * 4);
    return {{3, 0.5F}, {2, 1, {1, 0}}};
}

Expected<ExplainedPicture> explain_file(const std::filesystem::path& path,
                                        const FindHeat& find_heat = left_half) {
    return explain({.path = path.native(), .named = true}, small_recipe(), find_heat);
}

std::filesystem::path plain_png(const test::TemporaryFolder& folder, int width, int height) {
    return folder.write(
        "plain.png", png_bytes({width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height)}));
}

}  // namespace

TEST_CASE("a picture keeps its size, and the heat covers its crop") {
    const test::TemporaryFolder folder;
    const auto explained = explain_file(plain_png(folder, 40, 20));
    REQUIRE(explained);
    CHECK(explained->explanation.of_class.prediction.index == 3);
    CHECK(explained->explanation.width == 40);
    CHECK(explained->explanation.crop.left == 0.25);
    CHECK(explained->drawing.width == 40);
    CHECK(explained->drawing.height == 20);
    CHECK(test::pixel(explained->drawing, 5, 10) == 0);         // beside the crop
    CHECK(test::pixel(explained->drawing, 12, 10) > 0x800000);  // hot
    CHECK(test::pixel(explained->drawing, 28, 10) < 0x100000);  // cold
}

TEST_CASE("large pictures are drawn with a longest side of 1024, but their own size is reported") {
    const test::TemporaryFolder folder;
    const auto landscape = explain_file(plain_png(folder, 2000, 500));
    REQUIRE(landscape);
    CHECK(landscape->drawing.width == 1024);
    CHECK(landscape->drawing.height == 256);
    CHECK(landscape->explanation.width == 2000);
    const auto strip = explain_file(plain_png(folder, 1, 4000));
    REQUIRE(strip);
    CHECK(strip->drawing.width == 1);
    CHECK(strip->drawing.height == 1024);
}

TEST_CASE("a picture is drawn upright") {
    const auto stored = decode(test::golden("turned-6-II.png"));
    REQUIRE(stored);
    REQUIRE(stored->image.width != stored->image.height);
    const auto explained = explain_file(test::golden_folder() / "turned-6-II.png");
    REQUIRE(explained);
    CHECK(explained->explanation.width == stored->image.height);
    CHECK(explained->explanation.height == stored->image.width);
    CHECK(explained->drawing.width == stored->image.height);
    CHECK(explained->drawing.height == stored->image.width);
}

TEST_CASE("a file that is no picture is an error, and the net is not run") {
    const test::TemporaryFolder folder;
    const auto refuse = [](std::span<const std::byte>) -> ClassHeat { throw std::logic_error("asked"); };
    const auto text = explain_file(folder.write("a.jpg", "no picture"), refuse);
    REQUIRE(!text);
    CHECK(text.error().kind == InputErrorKind::format);
    const auto gone = explain_file(folder / "gone.jpg", refuse);
    REQUIRE(!gone);
    CHECK(gone.error().kind == InputErrorKind::not_found);
}
