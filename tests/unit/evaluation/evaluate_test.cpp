#include "evaluation/evaluate.h"

#include <memory>
#include <utility>

#include <doctest/doctest.h>

#include "inputs/input_source.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

// A net with two outputs that predicts class 1 for every picture.
class OneAnswer : public Engine {
public:
    std::unique_ptr<Worker> worker(int) const override { return std::make_unique<Answering>(); }
    PixelFormat pixel_format() const override { return PixelFormat::interleaved_float32; }
    std::string device() const override { return "cpu"; }
    Precision precision() const override { return Precision::fp32; }
    bool batch_invariant() const override { return true; }
    std::string library() const override { return "none"; }

private:
    struct Answering : Worker {
        void run(std::span<const std::byte>, int count, std::span<float> logits) override {
            for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
                logits[2 * i] = 0;
                logits[2 * i + 1] = 1;
            }
        }
    };
};

}  // namespace

TEST_CASE("pictures with a target are classified and counted, and others are not read") {
    const test::TemporaryFolder folder;
    const std::string picture("P6\n1 1\n255\nrgb");
    folder.write("0/a.ppm", picture);
    folder.write("1/b.ppm", picture);
    folder.write("1/c.ppm", picture);
    folder.write("1/cut.ppm", "P6\n1 1\n255\n");
    folder.write("other/d.ppm", picture);
    InputSource source({folder.path().native()});
    const auto target_of = [&](std::string_view path) -> std::optional<int> {
        if (path.find("/0/") != std::string_view::npos) return 0;
        if (path.find("/1/") != std::string_view::npos) return 1;
        return std::nullopt;
    };
    Evaluation evaluation(2);
    ClassifyOptions options;
    options.classes = 2;
    options.top = evaluation.predictions_needed();
    options.preprocessing = {.short_side = 2, .image_size = 2};
    std::size_t rows = 0;
    evaluate([&] { return source.next(); }, target_of, OneAnswer{}, options, evaluation,
             [&](std::span<const Row> some) { rows += some.size(); });
    CHECK(rows == 4);
    CHECK(evaluation.images() == 3);
    CHECK(evaluation.top1() == 2);
    CHECK(evaluation.failed() == 1);
}

TEST_CASE("a folder that cannot be listed counts as failed") {
    std::optional<Input> shut =
        Input{"val/shut", false, InputError{InputErrorKind::permission, "Permission denied"}};
    Evaluation evaluation(2);
    ClassifyOptions options;
    options.classes = 2;
    options.preprocessing = {.short_side = 2, .image_size = 2};
    evaluate([&] { return std::exchange(shut, std::nullopt); },
             [](std::string_view) -> std::optional<int> { return std::nullopt; }, OneAnswer{}, options,
             evaluation, [](std::span<const Row>) {});
    CHECK(evaluation.failed() == 1);
    CHECK(evaluation.images() == 0);
}
