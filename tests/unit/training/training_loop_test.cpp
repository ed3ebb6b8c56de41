#include "training/training_loop.h"

#include <doctest/doctest.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <limits>
#include <memory>
#include <numeric>

#include "base/errors.h"
#include "base/interruption.h"
#include "models/state_dict_of.h"
#include "temporary_folder.h"
#include "training/features.h"

using namespace imnet;

namespace {

// One weight, moved by a momentum that remembers; its loss is what the test says, else 1.
struct FakeTrainer : Trainer {
    TrainingStep step(std::span<const float> inputs, std::span<const float> targets, int count,
                      double learning_rate) override {
        const std::size_t number = rates.size();
        rates.push_back(learning_rate);
        counts.push_back(count);
        all_targets.insert(all_targets.end(), targets.begin(), targets.end());
        const std::size_t width = inputs.size() / static_cast<std::size_t>(count);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            momentum = 0.9F * momentum + inputs[i] * targets[2 * (i / width)];
        weight += static_cast<float>(learning_rate) * momentum;
        TrainingStep result{1, 1};
        if (number == strange_step) result = strange;
        return result;
    }
    StateDict gradients() const override { return {}; }
    void logits(std::span<const float>, int, std::span<float>) override {}
    StateDict weights() const override { return of("weight", weight); }
    StateDict optimizer_state() const override { return of("momentum", momentum); }
    void restore(const StateDict& weights, const StateDict& optimizer) override {
        to_float32(*weights.find("weight"), {&weight, 1});
        to_float32(*optimizer.find("momentum"), {&momentum, 1});
    }

    static StateDict of(const std::string& name, float value) {
        const auto memory = std::make_shared<std::vector<float>>(1, value);
        StateDict state_dict;
        state_dict.tensors.emplace_back(name, test::float32_view(*memory, {1}));
        state_dict.owner = memory;
        return state_dict;
    }

    float weight = 0;
    float momentum = 0;
    std::vector<double> rates;
    std::vector<int> counts;
    std::vector<float> all_targets;
    std::size_t strange_step = std::numeric_limits<std::size_t>::max();
    TrainingStep strange;
};

// An evaluation with so many of ten pictures right.
Evaluation evaluation(int right) {
    Evaluation result(2);
    for (int i = 0; i < 10; ++i)
        result.add({"", std::vector<Prediction>{{0, 0.75F}, {1, 0.25F}}}, i < right ? 0 : 1);
    return result;
}

// A training over ten numbers. The list has the number of right pictures after each epoch.
struct Run {
    explicit Run(std::vector<int> right_by_epoch) : right(std::move(right_by_epoch)) {
        for (int k = 0; k < 10; ++k) {
            features.values.push_back(static_cast<float>(k));
            features.targets.push_back(k % 2);
        }
        options.epochs = static_cast<int>(right.size());
        options.batch = 4;
        options.pictures = 10;
        options.classes = 2;
        options.learning_rate = {
            .base = 0.5, .schedule = LearningRate::Schedule::constant, .epochs = double(options.epochs)};
        options.settings = "{}";
        options.state_path = (folder / "model.state").native();
        task.epoch = [this](const EpochPlan& plan) -> NextBatch {
            return [batches = std::make_shared<FeatureBatches>(features, plan)] { return batches->next(); };
        };
        task.validate = [this](Trainer&) { return evaluation(right.at(validated++)); };
        task.keep = [this](Trainer& trained, const EpochResult& point) {
            kept.emplace_back(point.epoch, static_cast<FakeTrainer&>(trained).weight);
        };
    }

    std::vector<EpochResult> train(const LoopEvents& events = {}) {
        return imnet::train(trainer, task, options, read_state(options.state_path), events);
    }

    std::string failure() {
        try {
            train();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "nothing failed";
    }

    test::TemporaryFolder folder;
    Features features{1, {}, {}, {}};
    std::vector<int> right;
    std::size_t validated = 0;
    std::vector<std::pair<int, float>> kept;  ///< epoch and weight
    FakeTrainer trainer;
    TrainingTask task;
    LoopOptions options;
};

}  // namespace

TEST_CASE("every epoch uses all batches, is validated, and adds a point to the curve") {
    Run run({3, 5});
    std::vector<int> steps;
    std::vector<std::size_t> epochs;
    const auto curve =
        run.train({[&](const TrainingProgress& progress) { steps.push_back(progress.batch); },
                   [&](std::span<const EpochResult> so_far) { epochs.push_back(so_far.size()); }});
    CHECK(run.trainer.counts == std::vector{4, 4, 2, 4, 4, 2});
    CHECK(steps == std::vector{1, 2, 3, 1, 2, 3});
    CHECK(epochs == std::vector<std::size_t>{1, 2});
    REQUIRE(curve.size() == 2);
    CHECK(curve[0].epoch == 1);
    CHECK(curve[0].train_loss == 1);
    CHECK(curve[0].validation_top1 == doctest::Approx(0.3));
    CHECK(curve[0].validation_top5 == doctest::Approx(1.0));
    CHECK(curve[0].validation_loss == doctest::Approx(-(3 * std::log(0.75) + 7 * std::log(0.25)) / 10));
    CHECK(curve[1].validation_top1 == doctest::Approx(0.5));
    CHECK_FALSE(std::filesystem::exists(run.options.state_path));  // nothing to continue
    // Each target is one class.
    CHECK(std::accumulate(run.trainer.all_targets.begin(), run.trainer.all_targets.end(), 0.0) == 20);
}

TEST_CASE("the first of the best epochs is saved at once") {
    Run run({3, 6, 5, 6, 2});
    const auto curve = run.train();
    REQUIRE(run.kept.size() == 2);
    CHECK(run.kept[0].first == 1);
    CHECK(run.kept[1].first == 2);
    CHECK(best_epoch(curve).epoch == 2);
}

TEST_CASE("the learning rate follows its schedule step by step") {
    Run run({1, 1});
    run.options.learning_rate = {
        .base = 0.5, .schedule = LearningRate::Schedule::cosine, .epochs = 2, .warmup_epochs = 1};
    const auto curve = run.train();
    REQUIRE(run.trainer.rates.size() == 6);
    for (std::size_t i = 0; i < 6; ++i)
        CHECK(run.trainer.rates[i] ==
              doctest::Approx(learning_rate(run.options.learning_rate, static_cast<double>(i) / 3)));
    CHECK(run.trainer.rates[0] < run.trainer.rates[1]);
    CHECK(run.trainer.rates[3] == 0.5);
    CHECK(run.trainer.rates[5] < 0.5);
    CHECK(curve[1].learning_rate == run.trainer.rates[5]);
}

TEST_CASE("mixed targets are probabilities") {
    Run run({1});
    run.options.mixing.mixup_alpha = 0.5;
    run.options.size = 1;
    run.features.width = 3;  // one pixel
    run.features.values.resize(30, 1);
    run.train();
    for (std::size_t i = 0; i < run.trainer.all_targets.size(); i += 2)
        CHECK(run.trainer.all_targets[i] + run.trainer.all_targets[i + 1] == doctest::Approx(1));
    CHECK(std::any_of(run.trainer.all_targets.begin(), run.trainer.all_targets.end(),
                      [](float target) { return target > 0.01F && target < 0.99F; }));
}

TEST_CASE("an interrupted training continues with the same steps") {
    Run whole({3, 6, 5});
    const auto curve = whole.train();
    for (int stop_after = 1; stop_after <= 8; ++stop_after) {
        CAPTURE(stop_after);
        Run first({3, 6, 5});
        {
            const GracefulStop graceful;
            int steps = 0;
            const LoopEvents stopping{[&](const TrainingProgress&) {
                                          if (++steps == stop_after) std::raise(SIGINT);
                                      },
                                      {}};
            CHECK_THROWS_AS(first.train(stopping), Interrupted);
        }
        REQUIRE(std::filesystem::exists(first.options.state_path));
        Run second({3, 6, 5});
        second.options.state_path = first.options.state_path;
        second.validated = read_state(first.options.state_path)->progress.curve.size();
        const auto resumed = second.train();
        CHECK(second.trainer.weight == whole.trainer.weight);
        CHECK(first.trainer.counts.size() + second.trainer.counts.size() == whole.trainer.counts.size());
        CHECK((second.kept.empty() ? first : second).kept.back() == whole.kept.back());
        REQUIRE(resumed.size() == curve.size());
        for (std::size_t i = 0; i < curve.size(); ++i) {
            CHECK(resumed[i].train_loss == curve[i].train_loss);
            CHECK(resumed[i].validation_top1 == curve[i].validation_top1);
        }
        CHECK_FALSE(std::filesystem::exists(first.options.state_path));
    }
}

TEST_CASE("after a signal during validation the state is saved, and the epoch is validated again") {
    Run run({3});
    {
        const GracefulStop graceful;
        run.task.validate = [&](Trainer&) {
            std::raise(SIGTERM);
            return evaluation(9);  // of the pictures so far
        };
        CHECK_THROWS_AS(run.train(), Interrupted);
        CHECK(run.kept.empty());
    }
    run.task.validate = [&](Trainer&) { return evaluation(3); };
    const auto curve = run.train();
    CHECK(run.trainer.rates.size() == 3);
    CHECK(curve.at(0).validation_top1 == doctest::Approx(0.3));
    CHECK(curve.at(0).train_loss == 1);
}

TEST_CASE("a model is written on resume if the run died between its state and its model") {
    Run first({3, 6, 5});
    first.task.keep = [&](Trainer& trained, const EpochResult& point) {
        if (point.epoch == 2) throw OutputError("no space");
        first.kept.emplace_back(point.epoch, static_cast<FakeTrainer&>(trained).weight);
    };
    CHECK_THROWS_AS(first.train(), OutputError);
    Run second({3, 6, 5});
    second.options.state_path = first.options.state_path;
    second.validated = 2;
    second.train();
    REQUIRE(second.kept.size() == 1);
    CHECK(second.kept[0] == std::pair(2, first.trainer.weight));
}

TEST_CASE("a loss that is not finite stops the training, and the saved model stays") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinite = std::numeric_limits<double>::infinity();
    {
        Run run({3, 6, 7});
        run.trainer.strange_step = 7;
        run.trainer.strange = {nan, 1};
        CHECK(run.failure() ==
              "the loss is nan at step 2 of epoch 3: the best epoch so far, 2, is kept; a smaller --lr or "
              "--clip-norm 1 may help");
        CHECK(run.kept.back().first == 2);
        CHECK(read_state(run.options.state_path)->progress.epoch == 2);  // not the later epochs
    }
    {
        Run run({3});
        run.trainer.strange_step = 0;
        run.trainer.strange = {1, infinite};
        CHECK(run.failure() ==
              "the gradient's length is inf at step 1 of epoch 1: nothing was written; a smaller --lr or "
              "--clip-norm 1 may help");
        CHECK(run.kept.empty());
        CHECK_FALSE(std::filesystem::exists(run.options.state_path));
    }
}

TEST_CASE("weights that are not finite are not saved, even if no loss shows them yet") {
    Run run({3});
    run.options.learning_rate.base = 1e38;
    CHECK(run.failure().starts_with("a weight is not finite at step 3 of epoch 1: nothing was written"));
    CHECK(run.kept.empty());
    CHECK_FALSE(std::filesystem::exists(run.options.state_path));
}

TEST_CASE("a batch that is too small is skipped") {
    Run run({1});
    run.options.batch = 3;
    run.options.smallest_batch = 2;  // ten pictures leave one
    run.train();
    CHECK(run.trainer.counts == std::vector{3, 3, 3});
}

TEST_CASE("missing pictures are an error, and no model is written") {
    Run run({1});
    run.features = {1, {}, {}, {}};
    CHECK(run.failure() == "none of the 10 training pictures could be read, or fewer than 1 in every batch");
    CHECK(run.kept.empty());

    Run dumb({1});
    dumb.task.validate = [](Trainer&) { return std::nullopt; };
    CHECK(dumb.failure().starts_with(
        "an answer in validation is not finite at step 3 of epoch 1: nothing was"));
    CHECK(dumb.kept.empty());

    Run blind({1});
    blind.task.validate = [](Trainer&) { return Evaluation(2); };
    CHECK(blind.failure() == "none of the validation pictures could be read");
    CHECK(blind.kept.empty());
}
