#include "classify.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <thread>

#include <doctest/doctest.h>

#include "base/interruption.h"
#include "codecs/jpeg.h"
#include "codecs/picture_bytes.h"
#include "inputs/input_source.h"
#include "preprocess/preprocess.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

// A net with three outputs: the mean of red, of green, and of blue. Its workers take their time in
// an order that has nothing to do with that of the inputs.
class ColourEngine : public Engine {
public:
    mutable std::atomic<int> workers = 0;
    mutable std::atomic<int> most_threads = 0;
    bool is_batch_invariant = false;
    mutable std::atomic<int> largest_batch = 0;
    mutable std::atomic<int> smallest_batch = std::numeric_limits<int>::max();
    float poison = 0;
    int memory = std::numeric_limits<int>::max();  ///< images that it holds at once

    std::unique_ptr<Worker> worker(int threads) const override {
        ++workers;
        most_threads = std::max<int>(most_threads, threads);
        return std::make_unique<ColourWorker>(*this);
    }
    PixelFormat pixel_format() const override { return PixelFormat::interleaved_float32; }
    std::string device() const override { return "cpu"; }
    Precision precision() const override { return Precision::fp32; }
    bool batch_invariant() const override { return is_batch_invariant; }
    std::string library() const override { return "none"; }

private:
    struct ColourWorker : Worker {
        explicit ColourWorker(const ColourEngine& made_by) : engine(made_by) {}
        void run(std::span<const std::byte> images, int count, std::span<float> logits) override {
            if (count > engine.memory) throw std::bad_alloc();
            engine.largest_batch = std::max<int>(engine.largest_batch, count);
            engine.smallest_batch = std::min<int>(engine.smallest_batch, count);
            const std::size_t image = images.size() / static_cast<std::size_t>(count);
            for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
                std::memcpy(&logits[3 * i], images.data() + i * image, 3 * sizeof(float));  // the first pixel
                for (std::size_t colour = 0; colour < 3; ++colour) logits[3 * i + colour] += engine.poison;
            }
            std::this_thread::sleep_for(
                std::chrono::microseconds(logits[0] > 0 ? 500 : 0));  // red ones are slow
        }
        const ColourEngine& engine;
    };
};

// One pixel of a colour, as a PNM file.
std::string pixel(char red, char green, char blue) {
    return std::string("P6\n1 1\n255\n") + red + green + blue;
}

const std::string red = pixel('\xFF', 0, 0), green = pixel(0, '\xFF', 0), blue = pixel(0, 0, '\xFF');

ClassifyOptions colour_options() {
    ClassifyOptions options;
    options.classes = 3;
    options.top = 1;
    options.preprocessing = {.short_side = 2, .image_size = 2};
    return options;
}

NextInput pictures_in(const test::TemporaryFolder& folder) {
    return [source = std::make_shared<InputSource>(std::vector<std::string>{folder.path().native()})] {
        return source->next();
    };
}

// "0 red.ppm" for a row with its best class, "! broken.ppm" for one with an error.
std::vector<std::string> classify_names(const test::TemporaryFolder& folder, const ClassifyOptions& options,
                                        const Engine& engine) {
    std::vector<std::string> rows;
    classify(pictures_in(folder), engine, options, [&](std::span<const Row> batch) {
        for (const Row& row : batch) {
            const std::string file = std::filesystem::path(row.path).filename();
            rows.push_back((row.top ? std::to_string(row.top->at(0).index) : "!") + ' ' + file);
        }
    });
    return rows;
}

}  // namespace

TEST_CASE("every input is a row, in the order of the inputs, for any number of threads and any batch") {
    const test::TemporaryFolder folder;
    std::vector<std::string> expected;
    for (int i = 100; i < 200; ++i) {
        const std::string name = std::to_string(i) + ".ppm";
        const int kind = i % 4;
        folder.write(name, kind == 0 ? red : kind == 1 ? green : kind == 2 ? blue : "P6\n1 1\n255\n");
        expected.push_back((kind == 3 ? "!" : std::to_string(kind)) + ' ' + name);
    }
    for (const int threads : {1, 2, 5}) {
        for (const int batch : {1, 3, 8, 500}) {
            CAPTURE(threads);
            CAPTURE(batch);
            ClassifyOptions options = colour_options();
            options.threads = threads;
            options.batch = batch;
            CHECK(classify_names(folder, options, ColourEngine()) == expected);
        }
    }
}

TEST_CASE("one image gets all threads, a few are spread over workers of one thread each") {
    const test::TemporaryFolder folder;
    folder.write("a.ppm", red);
    ClassifyOptions options = colour_options();
    options.threads = 4;
    ColourEngine alone;
    classify_names(folder, options, alone);
    CHECK(alone.workers == 1);
    CHECK(alone.most_threads == 4);

    folder.write("b.ppm", green);
    folder.write("c.ppm", blue);
    ColourEngine several;
    classify_names(folder, options, several);
    CHECK(several.workers == 3);
    CHECK(several.most_threads == 1);
}

TEST_CASE("no inputs are no error") {
    const test::TemporaryFolder folder;
    CHECK(classify_names(folder, colour_options(), ColourEngine()).empty());
}

TEST_CASE("with fail_fast the first failed input is the last row") {
    const test::TemporaryFolder folder;
    folder.write("a.ppm", red);
    folder.write("b.ppm", "not a picture");
    folder.write("c.ppm", blue);
    ClassifyOptions options = colour_options();
    options.fail_fast = true;
    options.threads = 3;
    CHECK(classify_names(folder, options, ColourEngine()) == std::vector<std::string>{"0 a.ppm", "! b.ppm"});
}

TEST_CASE("classes under the smallest probability are left out, the row stays") {
    const test::TemporaryFolder folder;
    folder.write("a.ppm", red);
    ClassifyOptions options = colour_options();
    options.top = 3;
    options.min_probability = 0.5F;
    classify(pictures_in(folder), ColourEngine(), options,
             [](std::span<const Row> rows) { CHECK(rows[0].top->size() == 1); });
    options.min_probability = 1.0F;
    classify(pictures_in(folder), ColourEngine(), options,
             [](std::span<const Row> rows) { CHECK(rows[0].top->empty()); });
}

TEST_CASE("a net that returns NaN ends the run") {
    const test::TemporaryFolder folder;
    folder.write("a.ppm", red);
    ColourEngine engine;
    engine.poison = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS(classify_names(folder, colour_options(), engine), ModelError);
}

TEST_CASE("an exception of the consumer of the rows ends the run") {
    const test::TemporaryFolder folder;
    for (int i = 0; i < 50; ++i) folder.write(std::to_string(i) + ".ppm", red);
    ClassifyOptions options = colour_options();
    options.threads = 3;
    options.batch = 1;
    int batches = 0;
    CHECK_THROWS_AS(classify(pictures_in(folder), ColourEngine(), options,
                             [&](std::span<const Row>) {
                                 if (++batches == 3) throw OutputError("disk full");
                             }),
                    OutputError);
    CHECK(batches == 3);
}

TEST_CASE("if memory runs out, fewer images go through the net at a time") {
    const test::TemporaryFolder folder;
    std::vector<std::string> expected;
    for (int i = 100; i < 150; ++i) {
        folder.write(std::to_string(i) + ".ppm", i % 2 == 0 ? red : blue);
        expected.push_back((i % 2 == 0 ? "0 " : "2 ") + std::to_string(i) + ".ppm");
    }
    for (const bool fixed_batch : {false, true}) {
        ClassifyOptions options = colour_options();
        options.threads = 2;
        options.fixed_batch = fixed_batch;
        ColourEngine engine;
        engine.memory = 3;
        CHECK(classify_names(folder, options, engine) == expected);
        CHECK(engine.largest_batch <= 3);
    }
}

TEST_CASE("if memory does not suffice for one image, its row says so") {
    const test::TemporaryFolder folder;
    folder.write("a.ppm", red);
    folder.write("b.ppm", blue);
    ColourEngine engine;
    engine.memory = 0;
    int rows = 0;
    classify(pictures_in(folder), engine, colour_options(), [&](std::span<const Row> batch) {
        for (const Row& row : batch) {
            ++rows;
            REQUIRE_FALSE(row.top);
            CHECK(row.top.error().kind == InputErrorKind::limits);
            CHECK(row.top.error().message == "out of memory");
        }
    });
    CHECK(rows == 2);
}

TEST_CASE("whole batches always have the same number of images, on one thread each") {
    const test::TemporaryFolder folder;
    for (int i = 100; i < 111; ++i)
        folder.write(std::to_string(i) + ".ppm", i == 105 ? "not a picture" : green);
    for (const int threads : {1, 2, 5}) {
        ClassifyOptions options = colour_options();
        options.threads = threads;
        options.batch = 4;
        options.fixed_batch = true;
        ColourEngine engine;
        CHECK(classify_names(folder, options, engine).size() == 11);
        CHECK(engine.smallest_batch == 4);
        CHECK(engine.largest_batch == 4);
        CHECK(engine.most_threads == 1);
    }
}

TEST_CASE("batches are not filled up for an engine whose digits do not depend on them") {
    const test::TemporaryFolder folder;
    for (int i = 100; i < 111; ++i) folder.write(std::to_string(i) + ".ppm", green);
    ClassifyOptions options = colour_options();
    options.threads = 2;
    options.batch = 4;
    options.fixed_batch = true;
    ColourEngine engine;
    engine.is_batch_invariant = true;
    CHECK(classify_names(folder, options, engine).size() == 11);
    CHECK(engine.largest_batch == 4);
    CHECK(engine.smallest_batch == 3);  // the eleven are 4, 4 and 3
}

TEST_CASE("after a signal no more inputs are taken, and those that were taken become rows") {
    const test::TemporaryFolder folder;
    for (int i = 100; i < 200; ++i) folder.write(std::to_string(i) + ".ppm", red);
    const GracefulStop graceful;
    ClassifyOptions options = colour_options();
    options.threads = 2;
    options.batch = 2;
    std::vector<std::string> paths;
    classify(pictures_in(folder), ColourEngine(), options, [&](std::span<const Row> rows) {
        for (const Row& row : rows) paths.push_back(row.path);
        if (interrupted() == 0) std::raise(SIGTERM);
    });
    CHECK(interrupted() == SIGTERM);
    CHECK(paths.size() >= 2);
    CHECK(paths.size() < 100);
    for (std::size_t i = 0; i < paths.size(); ++i)
        CHECK(paths[i] == (folder / (std::to_string(100 + i) + ".ppm")));
}

TEST_CASE("a draft keeps at least twice the short side of the preprocessing") {
    // Keeps the pixels of the one picture that it is given.
    struct KeepingEngine : ColourEngine {
        mutable std::vector<std::byte> pixels;
        std::unique_ptr<Worker> worker(int) const override { return std::make_unique<KeepingWorker>(pixels); }
        struct KeepingWorker : Worker {
            explicit KeepingWorker(std::vector<std::byte>& kept) : pixels(kept) {}
            void run(std::span<const std::byte> images, int, std::span<float>) override {
                pixels.assign(images.begin(), images.end());
            }
            std::vector<std::byte>& pixels;
        };
    } engine;
    ClassifyOptions options = colour_options();
    options.preprocessing = {.short_side = 10, .image_size = 8};
    for (const bool draft : {false, true}) {
        options.draft = draft;
        InputSource source({test::golden_folder() / "photo-420.jpg"}, {});
        classify([&] { return source.next(); }, engine, options, [](std::span<const Row>) {});
        const auto bytes = test::golden("photo-420.jpg");
        const auto decoded = JpegFile::open(bytes, {})->decode({.scale = draft ? 2 : 1});
        CHECK(decoded->image.width == (draft ? 38 : 75));
        std::vector<std::byte> expected(3 * 8 * 8 * sizeof(float));
        preprocess(decoded->image, options.preprocessing, engine.pixel_format(), expected);
        CHECK(engine.pixels == expected);
    }
}
