#include "training/learning_rate.h"

#include <doctest/doctest.h>

#include <vector>

using namespace imnet;

namespace {

/// The rates of `steps` steps, `steps_per_epoch` an epoch.
std::vector<double> rates(const LearningRate& schedule, int steps, int steps_per_epoch) {
    std::vector<double> all;
    for (int step = 0; step < steps; ++step)
        all.push_back(learning_rate(schedule, static_cast<double>(step) / steps_per_epoch));
    return all;
}

void check_equal(const std::vector<double>& seen, const std::vector<double>& expected) {
    REQUIRE(seen.size() == expected.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
        CAPTURE(i);
        CHECK(seen[i] == doctest::Approx(expected[i]).epsilon(1e-10));
    }
}

using Schedule = LearningRate::Schedule;

}  // namespace

// The lists are what PyTorch 2.13 gives.

TEST_CASE("CosineAnnealingLR(T_max=8, eta_min=0.01), stepped after each epoch") {
    check_equal(rates({.base = 0.5, .epochs = 8, .minimum = 0.01}, 8, 1),
                {0.5, 0.481350485465, 0.428241161391, 0.348757440929, 0.255, 0.161242559071, 0.0817588386093,
                 0.0286495145347});
}

TEST_CASE("StepLR(step_size=3, gamma=0.2)") {
    check_equal(rates({.base = 0.5, .schedule = Schedule::step, .step_epochs = 3, .step_factor = 0.2}, 8, 1),
                {0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.02, 0.02});
}

TEST_CASE("LinearLR(0.01, total_iters=4), then CosineAnnealingLR(T_max=8), stepped after each of 4 batches") {
    check_equal(rates({.base = 0.5, .epochs = 3, .warmup_epochs = 1}, 12, 4),
                {0.005, 0.12875, 0.2525, 0.37625, 0.5, 0.480969883128, 0.426776695297, 0.345670858091, 0.25,
                 0.154329141909, 0.0732233047034, 0.0190301168722});
}

TEST_CASE("LinearLR(0.25, total_iters=2), then StepLR(2, 0.1)") {
    check_equal(rates({.base = 0.5,
                       .schedule = Schedule::step,
                       .warmup_epochs = 2,
                       .warmup_start = 0.25,
                       .step_epochs = 2},
                      7, 1),
                {0.125, 0.3125, 0.5, 0.5, 0.05, 0.05, 0.005});
}

TEST_CASE("a constant rate stays constant after the warm-up") {
    const LearningRate schedule{.base = 0.3, .schedule = Schedule::constant, .warmup_epochs = 1};
    CHECK(learning_rate(schedule, 0.5) == doctest::Approx(0.3 * 0.505));
    CHECK(learning_rate(schedule, 1) == 0.3);
    CHECK(learning_rate(schedule, 9.9) == 0.3);
}

TEST_CASE("a step is at the first batch of its epoch, in spite of rounding") {
    for (int steps_per_epoch = 1; steps_per_epoch < 400; ++steps_per_epoch) {
        const LearningRate schedule{
            .base = 1, .schedule = Schedule::step, .warmup_epochs = 0.1, .step_epochs = 3};
        const double batch = 0.1 + 3.0 * steps_per_epoch / steps_per_epoch;
        CHECK(learning_rate(schedule, batch) == doctest::Approx(0.1));
        CHECK(learning_rate(schedule, batch - 1.0 / steps_per_epoch) == 1);
    }
}

TEST_CASE("schedules have the names of the option") {
    CHECK(name(Schedule::constant) == "constant");
    CHECK(name(Schedule::cosine) == "cosine");
    CHECK(name(Schedule::step) == "step");
}
