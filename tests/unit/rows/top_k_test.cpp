#include "rows/top_k.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "base/errors.h"

using namespace imnet;

TEST_CASE("the most probable classes come first, with their softmax") {
    const std::vector<float> logits{1.0F, 3.0F, 2.0F};
    const auto top = top_k(logits, 2);
    REQUIRE(top.size() == 2);
    CHECK(top[0].index == 1);
    CHECK(top[1].index == 2);
    const double sum = std::exp(1.0) + std::exp(2.0) + std::exp(3.0);
    CHECK(top[0].probability == doctest::Approx(std::exp(3.0) / sum).epsilon(1e-6));
}

TEST_CASE("of classes with equal probability the lower index comes first") {
    const std::vector<float> logits{0, 5, 0, 5, 5};
    const auto top = top_k(logits, 4);
    CHECK(top[0].index == 1);
    CHECK(top[1].index == 3);
    CHECK(top[2].index == 4);
    CHECK(top[3].index == 0);
}

TEST_CASE("top-k with a k above the number of classes gives all classes") {
    const std::vector<float> logits{0, 1};
    CHECK(top_k(logits, 5).size() == 2);
    CHECK(top_k(logits, 1000000).size() == 2);
}

TEST_CASE("huge logits do not overflow, and the probabilities add up to one") {
    std::vector<float> logits(1000);
    for (int i = 0; i < 1000; ++i) logits[i] = 300.0F * std::sin(static_cast<float>(i));
    const auto top = top_k(logits, 1000);
    const double sum = std::accumulate(
        top.begin(), top.end(), 0.0, [](double total, const Prediction& p) { return total + p.probability; });
    CHECK(sum == doctest::Approx(1.0).epsilon(1e-5));
}

TEST_CASE("the probability of one class equals that of top-k") {
    const std::vector<float> logits{1.5F, -3.25F, 2.125F, 0.3F};
    for (const Prediction& prediction : top_k(logits, 4))
        CHECK(probability_of(logits, prediction.index) == prediction.probability);
}

TEST_CASE("NaN and infinity among the logits are refused") {
    CHECK_NOTHROW(refuse_non_finite(std::vector<float>{-1e30F, 0, 1e30F}));
    CHECK_THROWS_AS(refuse_non_finite(std::vector<float>{0, std::nanf("")}), ModelError);
    CHECK_THROWS_AS(refuse_non_finite(std::vector<float>{INFINITY, 0}), ModelError);
}

TEST_CASE("sigmoid takes each logit for itself") {
    const std::vector<float> logits{0, -2, 3};
    const auto top = top_k(logits, 3, OutputActivation::sigmoid);
    CHECK(top[0].index == 2);
    CHECK(top[0].probability == doctest::Approx(0.952574));
    CHECK(top[1].probability == 0.5F);
    CHECK(top[2].probability == doctest::Approx(0.119203));
    CHECK(probability_of(logits, 1, OutputActivation::sigmoid) == top[2].probability);
}

TEST_CASE("sigmoid of large logits is 0 or 1") {
    const auto top = top_k(std::vector<float>{-200, 200}, 2, OutputActivation::sigmoid);
    CHECK(top[0].probability == 1);
    CHECK(top[1].probability == 0);
}
