#include "evaluation/evaluation.h"

#include <cmath>
#include <stdexcept>

#include <doctest/doctest.h>

using namespace imnet;

namespace {

Row row(std::vector<Prediction> top) { return {"a.jpg", std::move(top)}; }

// Six classes: predictions in this order, the first with `confidence`, the others with little.
Row answer(std::vector<int> classes, float confidence) {
    std::vector<Prediction> top;
    for (const int index : classes) top.push_back({index, top.empty() ? confidence : 0.01F});
    return row(std::move(top));
}

}  // namespace

TEST_CASE("top-1 and top-5 are counted, over all pictures and for each class") {
    Evaluation evaluation(6);
    evaluation.add(answer({2, 0, 1, 3, 4}, 0.9F), 2);  // right
    evaluation.add(answer({2, 0, 1, 3, 4}, 0.8F), 4);  // among five
    evaluation.add(answer({2, 0, 1, 3, 4}, 0.7F), 5);  // not among five
    evaluation.add(answer({5, 0, 1, 3, 4}, 0.6F), 5);  // right
    CHECK(evaluation.images() == 4);
    CHECK(evaluation.top1() == 2);
    CHECK(evaluation.top5() == 3);
    CHECK(evaluation.classes_seen() == 3);
    const ClassCounts& five = evaluation.classes()[5];
    CHECK(five.images == 2);
    CHECK(five.top1 == 1);
    CHECK(five.top5 == 1);
    CHECK(five.predicted == 1);
    CHECK(evaluation.classes()[2].predicted == 3);
    CHECK(evaluation.mean_class_accuracy() == doctest::Approx((1 + 0 + 0.5) / 3));
}

TEST_CASE("a failed picture is neither right nor wrong") {
    Evaluation evaluation(6);
    evaluation.add({"cut.jpg", input_error(InputErrorKind::decode, "cut")}, 3);
    evaluation.add_failed();
    CHECK(evaluation.failed() == 2);
    CHECK(evaluation.images() == 0);
    CHECK(evaluation.classes()[3].images == 0);
    CHECK(evaluation.mean_class_accuracy() == 0);
    CHECK(evaluation.expected_calibration_error() == 0);
    CHECK_FALSE(evaluation.mean_loss().has_value());
}

TEST_CASE("with fewer than five classes, all count as the first five") {
    Evaluation evaluation(3);
    CHECK(evaluation.predictions_needed() == 3);
    evaluation.add(row({{2, 0.5F}, {1, 0.3F}, {0, 0.2F}}), 0);
    CHECK(evaluation.top5() == 1);
    CHECK(Evaluation(1000).predictions_needed() == 5);
}

TEST_CASE("predictions after the fifth count only for the loss") {
    Evaluation evaluation(6);
    evaluation.add(row({{0, 0.5F}, {1, 0.2F}, {2, 0.1F}, {3, 0.1F}, {4, 0.05F}, {5, 0.05F}}), 5);
    CHECK(evaluation.top5() == 0);
    CHECK(*evaluation.mean_loss() == doctest::Approx(-std::log(0.05)));
}

TEST_CASE("rows with too few predictions are an error of the caller") {
    Evaluation evaluation(6);
    CHECK_THROWS_AS(evaluation.add(row({{0, 0.5F}}), 0), std::invalid_argument);
    CHECK_THROWS_AS(evaluation.add(answer({0, 1, 2, 3, 4}, 0.5F), 6), std::out_of_range);
}

TEST_CASE("confused pairs are sorted by frequency") {
    Evaluation evaluation(6);
    for (const int target : {4, 1, 1, 0, 3}) evaluation.add(answer({3, 0, 1, 2, 4}, 0.5F), target);
    const std::vector<Confusion> pairs = evaluation.confusions();
    REQUIRE(pairs.size() == 3);
    CHECK(pairs[0].target == 1);
    CHECK(pairs[0].predicted == 3);
    CHECK(pairs[0].images == 2);
    CHECK(pairs[1].target == 0);
    CHECK(pairs[2].target == 4);
}

TEST_CASE("the expected calibration error over 15 bins") {
    Evaluation evaluation(6);
    evaluation.add(answer({0, 1, 2, 3, 4}, 0.95F), 0);  // bin (14/15, 1]: accuracy 1/2, confidence 0.96
    evaluation.add(answer({0, 1, 2, 3, 4}, 0.97F), 1);
    evaluation.add(answer({0, 1, 2, 3, 4}, 0.50F), 0);  // bin (7/15, 8/15]: accuracy 1, confidence 0.5
    // 2/3 * |0.5 - 0.96| + 1/3 * |1 - 0.5|
    CHECK(evaluation.expected_calibration_error() == doctest::Approx(2.0 / 3 * 0.46 + 1.0 / 3 * 0.5));
    CHECK(evaluation.calibration()[14].images == 2);
    CHECK(evaluation.calibration()[14].right == 1);
    CHECK(evaluation.calibration()[7].confidence == doctest::Approx(0.5));
}

TEST_CASE("a probability on the border of two bins belongs to the lower bin, and 1 to the last bin") {
    Evaluation evaluation(6);
    evaluation.add(answer({0, 1, 2, 3, 4}, 0.2F), 0);  // 3/15
    evaluation.add(answer({0, 1, 2, 3, 4}, 1.0F), 0);
    CHECK(evaluation.calibration()[2].images == 1);
    CHECK(evaluation.calibration()[14].images == 1);
}

TEST_CASE("the mean cross-entropy exists where every row has a prediction for its target") {
    Evaluation evaluation(2);
    evaluation.add(row({{1, 0.75F}, {0, 0.25F}}), 1);
    evaluation.add(row({{1, 0.75F}, {0, 0.25F}}), 0);
    CHECK(*evaluation.mean_loss() == doctest::Approx((-std::log(0.75) - std::log(0.25)) / 2));
    evaluation.add(row({{1, 1.0F}, {0, 0.0F}}), 0);
    CHECK(std::isfinite(*evaluation.mean_loss()));

    Evaluation five_of_six(6);
    five_of_six.add(answer({0, 1, 2, 3, 4}, 0.9F), 0);
    CHECK(five_of_six.mean_loss().has_value());
    five_of_six.add(answer({0, 1, 2, 3, 4}, 0.9F), 5);
    CHECK_FALSE(five_of_six.mean_loss().has_value());
}
