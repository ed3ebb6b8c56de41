#include "codecs/decode.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <thread>

#include "base/sha256.h"
#include "codecs/orientation.h"
#include "picture_bytes.h"
#include "preprocess/preprocess.h"

using namespace imnet;
using namespace imnet::test;

namespace {

std::string hash_of(const Image& image) {
    Bytes all = bytes_of(little(image.width, 4) + little(image.height, 4));
    const auto pixels = std::as_bytes(std::span(image.rgb));
    all.insert(all.end(), pixels.begin(), pixels.end());
    return sha256(all);
}

/// The recipes of tests/golden/pixels_test.py.
Preprocessing recipe_named(std::string_view name) {
    Preprocessing preprocessing;
    if (name == "V1") preprocessing.short_side = 256;
    if (name == "padded") preprocessing.short_side = 200;
    if (name == "a1h" || name == "padded by an odd number") {
        preprocessing = {235, 224, Interpolation::bicubic, {.5F, .5F, .5F}, {.5F, .5F, .5F}};
    }
    if (name == "squashed") {
        preprocessing = {
            248, 224, Interpolation::bicubic, {.5F, .5F, .5F}, {.5F, .5F, .5F}, CropMode::squash};
    }
    if (name == "bordered") {
        preprocessing = {
            256, 224, Interpolation::bicubic, {.3F, .5F, .1F}, preprocessing.std, CropMode::border};
    }
    if (name == "keras") {
        preprocessing = {
            224, 224, Interpolation::nearest, {.5F, .5F, .5F}, {.5F, .5F, .5F}, CropMode::squash};
    }
    if (name == "padded by an odd number") {
        preprocessing.short_side = 32;
        preprocessing.image_size = 55;
    }
    return preprocessing;
}

std::string result_named(std::string_view what, DecodedImage decoded) {
    if (what == "pixels") return hash_of(decoded.image);
    const Image upright = orient(std::move(decoded.image), decoded.orientation);
    if (what == "upright") return hash_of(upright);
    const Preprocessing preprocessing = recipe_named(what);
    Bytes tensor(preprocessed_bytes(preprocessing, PixelFormat::planar_float32));
    preprocess(upright, preprocessing, PixelFormat::planar_float32, tensor);
    return sha256(tensor);
}

bool build_has_webp() { return decode(golden("lossy.webp")).has_value(); }

bool can_be_exact(const std::string& name) {
    if (name.ends_with(".webp")) return build_has_webp();
    return true;
}

std::vector<std::string> golden_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(golden_folder())) {
        const std::string name = entry.path().filename();
        if (!name.ends_with(".tsv") && !name.ends_with(".md")) names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace

TEST_CASE("pictures decode, turn and preprocess to the bytes of Pillow, torchvision and timm") {
    std::ifstream table(golden_folder() / "expected.tsv");
    int rows = 0;
    for (std::string line; std::getline(table, line);) {
        if (line.starts_with("#")) continue;
        std::istringstream fields(line);
        std::string name, what, expected;
        std::getline(fields, name, '\t');
        std::getline(fields, what, '\t');
        std::getline(fields, expected);
        CAPTURE(name);
        CAPTURE(what);
        if (!can_be_exact(name)) continue;
        auto decoded = decode(golden(name));
        REQUIRE_MESSAGE(decoded.has_value(), decoded.error().message);
        CHECK(result_named(what, std::move(*decoded)) == expected);
        ++rows;
    }
    CHECK(rows > 50);
}

TEST_CASE("a truncated file is an error, or still has all that its pixels need") {
    for (const std::string& name : golden_names()) {
        CAPTURE(name);
        const Bytes whole = golden(name);
        const auto expected = decode(whole);
        if (!expected) continue;                   // a build without WebP
        if (name.starts_with("plain-")) continue;  // text: nothing tells that the last number lost digits
        const std::size_t step = whole.size() / 200 + 1;
        for (std::size_t length = 0; length < whole.size(); length += step) {
            CAPTURE(length);
            const auto decoded = decode(std::span(whole).first(length));
            if (decoded) {
                CHECK(decoded->image.rgb == expected->image.rgb);
            } else {
                const bool plain = decoded.error().kind == InputErrorKind::decode ||
                                   decoded.error().kind == InputErrorKind::format;
                CHECK_MESSAGE(plain, decoded.error().message);
            }
        }
    }
}

TEST_CASE("the limit holds for every format") {
    for (const std::string& name : golden_names()) {
        CAPTURE(name);
        const Bytes bytes = golden(name);
        const auto whole = decode(bytes);
        if (!whole) continue;
        const std::uint64_t pixels = static_cast<std::uint64_t>(whole->image.width) * whole->image.height;
        CHECK(decode(bytes, {.max_pixels = pixels}).has_value());
        const auto refused = decode(bytes, {.max_pixels = pixels - 1});
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind == InputErrorKind::limits);
    }
}

TEST_CASE("a file that is no picture is a format error that says what it is") {
    const auto text = decode(bytes_of("Dear diary"));
    REQUIRE_FALSE(text.has_value());
    CHECK(text.error().kind == InputErrorKind::format);
    CHECK(text.error().message == "not a picture: this is a text file");
}

TEST_CASE("threads decode at the same time without disturbing each other") {
    const Bytes good = golden("photo-RGB.png");
    Bytes bad = golden("type6-16bit-33x21-interlaced.png");
    bad.resize(bad.size() / 2);
    const Image expected = decode(good)->image;
    std::vector<std::thread> threads;
    std::vector<int> right(4, 0);
    for (int& count : right) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                const auto decoded = decode(good);
                if (decoded && decoded->image.rgb == expected.rgb && !decode(bad)) ++count;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(right == std::vector<int>(4, 20));
}
