#include "training/augmentation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "base/sha256.h"
#include "codecs/decode.h"
#include "gradient_image.h"

using namespace imnet;
using test::gradient;

namespace {

const std::filesystem::path golden = IMNET_GOLDEN;

std::vector<float> augmented(const Image& image, const Augmentation& augmentation, std::uint64_t seed) {
    std::vector<float> out(std::size_t{3} * augmentation.size * augmentation.size);
    augment(image, augmentation, seed, out);
    return out;
}

/// No augmentation, and values of 0 to 255.
Augmentation nothing_of(int size) {
    return {.size = size,
            .scale = {1, 1},
            .ratio = {1, 1},
            .flip = 0,
            .mean = {},
            .std = {1 / 255.0F, 1 / 255.0F, 1 / 255.0F}};
}

Augmentation read_augmentation(std::istream& fields) {
    Augmentation read;
    std::string interpolation;
    fields >> read.size >> interpolation >> read.scale[0] >> read.scale[1] >> read.ratio[0] >>
        read.ratio[1] >> read.flip >> read.brightness >> read.contrast >> read.saturation >> read.hue;
    if (interpolation == "bicubic") read.interpolation = Interpolation::bicubic;
    return read;
}

}  // namespace

TEST_CASE("augmented pictures equal those of torchvision's transforms, bit for bit") {
    std::ifstream table(golden / "augmented/expected.tsv");
    int rows = 0;
    for (std::string line; std::getline(table, line);) {
        if (line.starts_with("#")) continue;
        CAPTURE(line);
        std::istringstream fields(line);
        std::string name, expected;
        fields >> name;
        const Augmentation augmentation = read_augmentation(fields);
        fields >> expected;
        const MappedFile file((golden / "pixels" / name).native());
        const auto picture = decode(file.bytes(), {});
        REQUIRE(picture);
        Sha256 digest;
        for (std::uint64_t seed = 0; seed < 25; ++seed) {
            const std::vector<float> tensor = augmented(picture->image, augmentation, seed);
            digest.add({reinterpret_cast<const char*>(tensor.data()), tensor.size() * sizeof(float)});
        }
        CHECK(digest.digits() == expected);
        ++rows;
    }
    CHECK(rows == 70);
}

TEST_CASE("a picture that has the size already can stay unchanged or be mirrored") {
    const Image image = gradient(20, 20);
    Augmentation augmentation = nothing_of(20);
    const std::vector<float> same = augmented(image, augmentation, 1);
    CHECK(std::ranges::equal(same, image.rgb,
                             [](float value, int byte) { return value == doctest::Approx(byte); }));
    augmentation.flip = 1;
    const std::vector<float> mirrored = augmented(image, augmentation, 1);
    for (std::size_t y = 0; y < 20; ++y)
        for (std::size_t x = 0; x < 20; ++x)
            for (std::size_t c = 0; c < 3; ++c)
                REQUIRE(mirrored[(y * 20 + x) * 3 + c] == same[(y * 20 + 19 - x) * 3 + c]);
}

TEST_CASE("each seed crops another part") {
    Augmentation augmentation = nothing_of(8);
    augmentation.scale = {0.1, 0.5};
    augmentation.flip = 0.5;
    const Image image = gradient(200, 100);
    std::set<std::vector<float>> seen;
    for (std::uint64_t seed = 0; seed < 100; ++seed) seen.insert(augmented(image, augmentation, seed));
    CHECK(seen.size() == 100);
}

TEST_CASE("one pixel of a strip is taken that is too narrow for the ratio") {
    Augmentation augmentation = nothing_of(1);
    augmentation.ratio = {0.1, 0.2};
    const std::vector<float> out = augmented(gradient(101, 1), augmentation, 0);
    CHECK(out[0] == doctest::Approx(50));
    CHECK(out[2] == doctest::Approx(255));
}

TEST_CASE("seeds differ in their low 32 bits for every index and epoch") {
    std::set<std::uint32_t> low_halves;
    for (std::uint64_t seed : {0, 1, 42})
        for (std::uint64_t epoch = 0; epoch < 10; ++epoch)
            for (std::uint64_t index = 0; index < 100; ++index)
                low_halves.insert(static_cast<std::uint32_t>(sample_seed(seed, epoch, index)));
    CHECK(low_halves.size() == 3000);
}
