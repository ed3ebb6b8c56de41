#include "runs/describe_run.h"

#include <functional>
#include <memory>

#include <doctest/doctest.h>

using namespace imnet;

namespace {

class NoEngine : public Engine {
public:
    bool is_batch_invariant = true;

    std::unique_ptr<Worker> worker(int) const override { return nullptr; }
    PixelFormat pixel_format() const override { return PixelFormat::interleaved_float32; }
    std::string device() const override { return "cuda:1"; }
    Precision precision() const override { return Precision::bf16; }
    bool batch_invariant() const override { return is_batch_invariant; }
    std::string library() const override { return "none 1.0"; }
};

struct Described {
    Model model;
    NoEngine engine;
    RowSettings rows;

    Described() {
        model.architecture = architecture("resnet18", 3);
        model.class_names = {{"oak", ""}, {"beech", ""}, {"elm", ""}};
        model.provenance.weights = "random, seed 0";
    }

    RunRecord record() const { return describe_run({}, model, engine, rows); }

    std::string setting(std::string_view wanted) const {
        for (const auto& [name, value] : record().settings) {
            if (name == wanted) return value;
        }
        return "not set";
    }
};

}  // namespace

TEST_CASE("a record says with what rows are made") {
    const Described run;
    CHECK(run.record().weights == "random, seed 0");
    CHECK(run.record().device == "cuda:1");
    CHECK(run.setting("architecture") == "resnet18");
    CHECK(run.setting("weights") == "random, seed 0");
    CHECK(run.setting("device") == "cuda");
    CHECK(run.setting("precision") == "bf16");
    CHECK(run.setting("top") == "3");  // there are no more classes
    CHECK(run.setting("batch") == "not set");
    CHECK(run.setting("draft") == "not set");
}

TEST_CASE("whatever changes rows changes the settings") {
    const std::function<void(Described&)> changes[] = {
        [](Described& run) { run.model.architecture.name = "resnet34"; },
        [](Described& run) { run.model.provenance.weights = "random, seed 1"; },
        [](Described& run) { run.model.provenance.prefer_ema = true; },
        [](Described& run) { run.model.class_names[0].wnid = "n12268246"; },
        [](Described& run) { run.model.preprocessing.short_side = 256; },
        [](Described& run) { run.model.preprocessing.image_size = 256; },
        [](Described& run) { run.model.preprocessing.interpolation = Interpolation::bicubic; },
        [](Described& run) { run.model.preprocessing.crop_mode = CropMode::border; },
        [](Described& run) { run.model.preprocessing.mean[1] = 0; },
        [](Described& run) { run.model.preprocessing.std[1] = 1; },
        [](Described& run) { run.model.activation = OutputActivation::sigmoid; },
        [](Described& run) { run.engine.is_batch_invariant = false; },
        [](Described& run) { run.rows.format = Format::csv; },
        [](Described& run) { run.rows.top = 2; },
        [](Described& run) { run.rows.min_probability = 0.5F; },
        [](Described& run) { run.rows.max_pixels = 1; },
        [](Described& run) { run.rows.draft = true; },
    };
    const std::string before = fingerprint(Described().record().settings);
    for (std::size_t i = 0; i < std::size(changes); ++i) {
        CAPTURE(i);
        Described run;
        changes[i](run);
        CHECK(fingerprint(run.record().settings) != before);
    }
}
