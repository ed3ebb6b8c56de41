#include "explanation/occlusion.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/bfloat16.h"
#include "base/errors.h"

using namespace imnet;

namespace {

constexpr int side = 28;

// A net that looks at one square of the picture: the logits are its mean, and its mean backwards.
class SpotEngine : public Engine {
public:
    int left = 0, top = 0, size = 4;
    PixelFormat format = PixelFormat::interleaved_float32;
    mutable int images = 0;
    mutable int largest_batch = 0;

    std::unique_ptr<Worker> worker(int) const override { return std::make_unique<SpotWorker>(*this); }
    PixelFormat pixel_format() const override { return format; }
    std::string device() const override { return "cpu"; }
    Precision precision() const override { return Precision::fp32; }
    bool batch_invariant() const override { return true; }
    std::string library() const override { return "none"; }

private:
    struct SpotWorker : Worker {
        explicit SpotWorker(const SpotEngine& made_by) : engine(made_by) {}
        void run(std::span<const std::byte> pixels, int count, std::span<float> logits) override {
            engine.images += count;
            engine.largest_batch = std::max(engine.largest_batch, count);
            const bool halves = engine.format == PixelFormat::interleaved_bfloat16;
            const std::size_t image = pixels.size() / static_cast<std::size_t>(count);
            for (int i = 0; i < count; ++i) {
                float sum = 0;
                for (int y = engine.top; y < engine.top + engine.size; ++y) {
                    for (int x = engine.left; x < engine.left + engine.size; ++x) {
                        // The green of the pixel, or its place in the plane of green.
                        const std::size_t at = engine.format == PixelFormat::planar_float32
                                                   ? static_cast<std::size_t>(side * side + y * side + x)
                                                   : static_cast<std::size_t>(3 * (y * side + x) + 1);
                        std::uint16_t half = 0;
                        float value = 0;
                        const std::byte* data = pixels.data() + static_cast<std::size_t>(i) * image;
                        if (halves) std::memcpy(&half, data + 2 * at, 2);
                        if (!halves) std::memcpy(&value, data + 4 * at, 4);
                        sum += halves ? to_float32(half) : value;
                    }
                }
                logits[2 * static_cast<std::size_t>(i)] = sum / static_cast<float>(engine.size * engine.size);
                logits[2 * static_cast<std::size_t>(i) + 1] = -logits[2 * static_cast<std::size_t>(i)];
            }
        }
        const SpotEngine& engine;
    };
};

std::vector<std::byte> ones(PixelFormat format) {
    const std::size_t count = std::size_t{3} * side * side;
    const float one = 1;
    const std::uint16_t half = to_bfloat16(one);
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i < count; ++i) {
        const auto element = format == PixelFormat::interleaved_bfloat16 ? std::as_bytes(std::span(&half, 1))
                                                                         : std::as_bytes(std::span(&one, 1));
        bytes.insert(bytes.end(), element.begin(), element.end());
    }
    return bytes;
}

const OcclusionOptions options{.classes = 2, .image_size = side, .patch = 4, .stride = 4, .batch = 6};

}  // namespace

TEST_CASE("the heat is where the net looks, and nowhere else") {
    for (const auto format :
         {PixelFormat::planar_float32, PixelFormat::interleaved_float32, PixelFormat::interleaved_bfloat16}) {
        SpotEngine engine;
        engine.format = format;
        engine.left = 8;
        engine.top = 20;
        const ClassHeat found = occlusion(engine, options, ones(format), std::nullopt);
        CHECK(found.prediction.index == 0);
        CHECK(found.prediction.probability == doctest::Approx(0.8808));  // of the logits 1 and -1
        REQUIRE(found.heat.width == 7);
        REQUIRE(found.heat.height == 7);
        for (std::size_t cell = 0; cell < 49; ++cell) {
            CAPTURE(cell);  // hidden, both logits are 0
            CHECK(found.heat.values[cell] == doctest::Approx(cell == 5 * 7 + 2 ? 0.8808 - 0.5 : 0));
        }
        CHECK(engine.largest_batch == 6);
        CHECK(engine.images == 1 + 49);
    }
}

TEST_CASE("a patch that makes the class more probable is no heat") {
    const SpotEngine engine;
    const ClassHeat found = occlusion(engine, options, ones(engine.format), 1);
    CHECK(found.prediction.index == 1);
    CHECK(found.prediction.probability == doctest::Approx(0.1192));
    CHECK(found.heat.largest() == 0);
}

TEST_CASE("a patch at the border is partly outside, and covers the corner") {
    SpotEngine engine;
    engine.left = engine.top = side - 4;
    OcclusionOptions large = options;
    large.patch = 13;
    const ClassHeat found = occlusion(engine, large, ones(engine.format), std::nullopt);
    CHECK(found.heat.values[6 * 7 + 6] == found.heat.largest());
    CHECK(found.heat.values[5 * 7 + 5] == found.heat.largest());  // 15.5 … 28.5 covers it, too
    CHECK(found.heat.values[3 * 7 + 3] == 0);
}

TEST_CASE("a stride that does not divide the side is made a little shorter") {
    const SpotEngine engine;
    OcclusionOptions uneven = options;
    uneven.stride = 9;
    CHECK(occlusion(engine, uneven, ones(engine.format), std::nullopt).heat.width == 4);
}

TEST_CASE("a net that answers with NaN is refused") {
    const SpotEngine engine;
    auto pixels = ones(engine.format);
    std::fill(pixels.begin(), pixels.end(), std::byte{0xFF});
    CHECK_THROWS_AS(occlusion(engine, options, pixels, std::nullopt), ModelError);
}
