#include "training/features.h"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

#include "base/interruption.h"
#include "training/picture_folder.h"

using namespace imnet;
using imnet::test::PictureFolder;

namespace {

constexpr std::size_t width = 2;

// The features of a picture are here its grey value, and 1000 more.
class GreyWorker : public Worker {
public:
    GreyWorker(std::atomic<int>& largest, int memory) : largest_(largest), memory_(memory) {}

    void run(std::span<const std::byte> images, int count, std::span<float> features) override {
        if (count > memory_) throw std::bad_alloc();
        if (count > largest_) largest_ = count;
        const auto* pixels = reinterpret_cast<const float*>(images.data());
        const std::size_t floats = images.size() / sizeof(float) / static_cast<std::size_t>(count);
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            features[i * width] = std::round(255 * pixels[i * floats]);
            features[i * width + 1] = features[i * width] + 1000;
        }
    }

private:
    std::atomic<int>& largest_;
    int memory_;
};

class FailingWorker : public Worker {
public:
    void run(std::span<const std::byte>, int, std::span<float>) override {
        throw std::runtime_error("the engine failed");
    }
};

struct FakeEngine : Engine {
    explicit FakeEngine(bool failing = false) : fails(failing) {}

    std::unique_ptr<Worker> worker(int) const override {
        if (fails) return std::make_unique<FailingWorker>();
        return std::make_unique<GreyWorker>(largest_batch, memory);
    }
    PixelFormat pixel_format() const override { return PixelFormat::interleaved_float32; }
    std::string device() const override { return "cpu"; }
    Precision precision() const override { return Precision::fp32; }
    std::string library() const override { return "none"; }
    bool batch_invariant() const override { return true; }

    bool fails;
    int memory = std::numeric_limits<int>::max();  ///< images that it holds at once
    mutable std::atomic<int> largest_batch = 0;
};

const Preprocessing recipe{8, 8, Interpolation::bilinear, {0, 0, 0}, {1, 1, 1}};

}  // namespace

TEST_CASE("features are in the order of the pictures, for any number of threads and any batch") {
    const PictureFolder pictures(23);
    for (const int threads : {1, 2, 5}) {
        for (const int batch : {1, 4, 64}) {
            const FakeEngine engine;
            const Features features =
                backbone_features(engine, recipe, pictures.images, width, threads, batch);
            CHECK(features.width == width);
            CHECK(features.bad_pictures.empty());
            CHECK(engine.largest_batch <= batch);
            REQUIRE(features.targets.size() == 23);
            REQUIRE(features.values.size() == 23 * width);
            for (std::size_t k = 0; k < 23; ++k) {
                CHECK(features.targets[k] == static_cast<int>(k) % 3);
                CHECK(features.values[k * width] == static_cast<float>(k));
                CHECK(features.values[k * width + 1] == static_cast<float>(k) + 1000);
            }
        }
    }
}

TEST_CASE("pictures that cannot be read have no features, and are reported") {
    const PictureFolder pictures(10);
    for (const int k : {0, 4, 5, 9}) pictures.spoil(k);
    const Features features = backbone_features(FakeEngine(), recipe, pictures.images, width, 2, 3);
    REQUIRE(features.bad_pictures.size() == 4);
    CHECK(features.bad_pictures[1].path == pictures.images[4].path);
    CHECK_FALSE(features.bad_pictures[1].error.message.empty());
    CHECK(features.targets == std::vector{1, 2, 0, 0, 1, 2});
    CHECK(features.values == std::vector<float>{1, 1001, 2, 1002, 3, 1003, 6, 1006, 7, 1007, 8, 1008});
}

TEST_CASE("if memory runs out, fewer pictures go through the backbone at a time") {
    const PictureFolder pictures(23);
    pictures.spoil(7);
    const Features expected = backbone_features(FakeEngine(), recipe, pictures.images, width, 1, 8);
    for (const int threads : {1, 3}) {
        FakeEngine engine;
        engine.memory = 3;
        const Features features = backbone_features(engine, recipe, pictures.images, width, threads, 8);
        CHECK(engine.largest_batch <= 3);
        CHECK(features.targets == expected.targets);
        CHECK(features.values == expected.values);
        CHECK(features.bad_pictures.size() == 1);
    }
}

TEST_CASE("a picture that does not fit in memory alone is reported") {
    const PictureFolder pictures(5);
    FakeEngine engine;
    engine.memory = 0;
    const Features features = backbone_features(engine, recipe, pictures.images, width, 2, 4);
    CHECK(features.values.empty());
    REQUIRE(features.bad_pictures.size() == 5);
    CHECK(features.bad_pictures[3].path == pictures.images[3].path);
    CHECK(features.bad_pictures[3].error.kind == InputErrorKind::limits);
    CHECK(features.bad_pictures[3].error.message == "out of memory");
}

TEST_CASE("a signal that asks the program to stop ends the computation") {
    const PictureFolder pictures(5);
    const GracefulStop graceful;
    std::raise(SIGTERM);
    CHECK_THROWS_AS(backbone_features(FakeEngine(), recipe, pictures.images, width, 2, 2), Interrupted);
}

TEST_CASE("without a readable picture there are no features") {
    const PictureFolder pictures(2);
    pictures.spoil(0);
    pictures.spoil(1);
    const Features features = backbone_features(FakeEngine(), recipe, pictures.images, width, 1, 8);
    CHECK(features.values.empty());
    CHECK(features.bad_pictures.size() == 2);
    CHECK_FALSE(FeatureBatches(features, {.batch = 4}).next().has_value());
}

TEST_CASE("an exception of the engine on any thread is passed on") {
    const PictureFolder pictures(10);
    CHECK_THROWS_WITH_AS(backbone_features(FakeEngine(true), recipe, pictures.images, width, 3, 2),
                         "the engine failed", std::runtime_error);
}

TEST_CASE("an epoch over features has the same order as one over pictures, and can start at any batch") {
    Features features{width, {}, {}, {}};
    for (int k = 0; k < 11; ++k) {
        features.targets.push_back(k);
        features.values.push_back(static_cast<float>(k));
        features.values.push_back(static_cast<float>(-k));
    }
    const std::vector<std::uint32_t> order = epoch_order(11, 5, 2);
    for (int first = 0; first <= 3; ++first) {
        FeatureBatches batches(features, {.seed = 5, .epoch = 2, .first_batch = first, .batch = 4});
        std::size_t position = 4 * static_cast<std::size_t>(first);
        while (const auto batch = batches.next()) {
            CHECK(batch->targets.size() == std::min<std::size_t>(4, 11 - position));
            REQUIRE(batch->inputs.size() == width * batch->targets.size());
            for (std::size_t i = 0; i < batch->targets.size(); ++i, ++position) {
                CHECK(batch->targets[i] == static_cast<int>(order[position]));
                CHECK(batch->inputs[i * width] == static_cast<float>(batch->targets[i]));
                CHECK(batch->inputs[i * width + 1] == static_cast<float>(-batch->targets[i]));
            }
        }
        CHECK(position >= 11);
    }
}
