#include "engines/picture_batch.h"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;

namespace {

// The one output of a picture is the red of its first pixel. Keeps the number of pictures in the last batch.
class RedWorker : public Worker {
public:
    explicit RedWorker(int& count) : count_(count) {}

    void run(std::span<const std::byte> images, int count, std::span<float> outputs) override {
        count_ = count;
        const std::size_t image = images.size() / static_cast<std::size_t>(count);
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            std::memcpy(&outputs[i], images.data() + i * image, sizeof(float));
        }
    }

private:
    int& count_;
};

// Pictures of one pixel, whose red is `reds`; one that is negative cannot be read.
struct Pictures {
    explicit Pictures(const std::vector<int>& reds) {
        for (const int red : reds) {
            const std::string pixel{static_cast<char>(red), 0, 0};
            const auto path = folder.write(std::to_string(inputs.size()) + ".ppm",
                                           red < 0 ? "no picture" : "P6\n1 1\n255\n" + pixel);
            inputs.push_back({path.native()});
        }
    }

    test::TemporaryFolder folder;
    std::vector<Input> inputs;
};

PictureBatch red_batch(int& count) {
    const Preprocessing bytes{2, 2, Interpolation::bilinear, {0, 0, 0}, {1 / 255.0F, 1 / 255.0F, 1 / 255.0F}};
    return {std::make_unique<RedWorker>(count), PixelLoader(bytes, PixelFormat::interleaved_float32), 1};
}

}  // namespace

TEST_CASE("each input has its outputs or its error, whatever failed before it") {
    Pictures pictures({10, -1, 30, -1, 50});
    int count = 0;
    PictureBatch batch = red_batch(count);
    for (int round = 0; round < 2; ++round) {
        batch.load(pictures.inputs);
        batch.run();
        CHECK(count == 3);
        CHECK((*batch.outputs_of(0))[0] == doctest::Approx(10));
        CHECK((*batch.outputs_of(2))[0] == doctest::Approx(30));
        CHECK((*batch.outputs_of(4))[0] == doctest::Approx(50));
        CHECK(batch.outputs_of(1).error().kind == InputErrorKind::format);
        CHECK(batch.outputs_of(3).error().kind == InputErrorKind::format);
        batch.release_memory();
    }
}

TEST_CASE("a batch can be filled up") {
    Pictures pictures({10, -1});
    int count = 0;
    PictureBatch batch = red_batch(count);
    batch.load(pictures.inputs);
    batch.run(4);
    CHECK(count == 4);
    CHECK((*batch.outputs_of(0))[0] == doctest::Approx(10));
}

TEST_CASE("without a picture that can be read the net is not run") {
    Pictures pictures({-1, -1});
    int count = 0;
    PictureBatch batch = red_batch(count);
    batch.load(pictures.inputs);
    batch.run(4);
    CHECK(count == 0);
    CHECK_FALSE(batch.outputs_of(1).has_value());
}
