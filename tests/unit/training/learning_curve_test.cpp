#include "training/learning_curve.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

using namespace imnet;

namespace {

/// Epochs of a training that converges.
std::vector<EpochResult> training(int epochs) {
    std::vector<EpochResult> results;
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        const double t = static_cast<double>(epoch) / epochs;
        results.push_back({epoch, 0.1 * (1 - t), 0.35 + 4.8 * std::exp(-4 * t), 0.9 + 3.9 * std::exp(-5 * t),
                           0.74 - 0.7 * std::exp(-5 * t), 0.93 - 0.8 * std::exp(-6 * t), 61.25});
    }
    return results;
}

int count_of(const std::string& text, std::string_view part) {
    int count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

bool shows(const std::string& svg, const std::string& text) {
    return svg.find('>' + text + "</text>") != std::string::npos;
}

}  // namespace

TEST_CASE("the table has a header and a line for each epoch") {
    CHECK(learning_curve_csv_header() ==
          "epoch,learning_rate,train_loss,validation_loss,validation_top1,validation_top5,seconds\n");
    CHECK(learning_curve_csv_row({3, 0.05, 1.25, 1.5, 0.625, 0.875, 61.26}) ==
          "3,0.05,1.25,1.5,0.625,0.875,61.260\n");
}

TEST_CASE("NaN is an empty cell") {
    CHECK(learning_curve_csv_row({.epoch = 1, .learning_rate = 1e-5, .train_loss = 2, .seconds = 3}) ==
          "1,1e-05,2,,,,3.000\n");
}

TEST_CASE("the SVG picture has two plots with two curves each, and round ticks") {
    const std::string svg = learning_curve_svg(training(30), "resnet18");
    CHECK(count_of(svg, "<path ") == 4);
    CHECK(count_of(svg, "<circle ") == 4 * 30);
    for (const char* text : {"resnet18", "loss", "validation accuracy, %", "train", "validation", "top-1",
                             "top-5", "epoch", "0", "5", "30", "20", "100"}) {
        CAPTURE(text);
        CHECK(shows(svg, text));
    }
}

TEST_CASE("with many epochs there are no dots") {
    CHECK(count_of(learning_curve_svg(training(300), ""), "<circle ") == 0);
}

TEST_CASE("curves without values are left out, and a missing value interrupts a curve") {
    std::vector<EpochResult> results = training(5);
    for (EpochResult& result : results)
        result.validation_loss = result.validation_top1 = result.validation_top5 = EpochResult::none;
    results[2].train_loss = INFINITY;
    const std::string svg = learning_curve_svg(results, "");
    CHECK(count_of(svg, "<path ") == 1);
    CHECK(count_of(svg, "M") == 2);
    CHECK(count_of(svg, "nan") == 0);
    CHECK(count_of(svg, "inf") == 0);
}

TEST_CASE("one epoch, no epoch and constant values give valid pictures") {
    CHECK(count_of(learning_curve_svg(training(1), ""), "<circle ") == 4);
    CHECK(count_of(learning_curve_svg({}, ""), "<path ") == 0);
    std::vector<EpochResult> constant = training(3);
    for (EpochResult& result : constant) result.validation_top1 = result.validation_top5 = 0;
    CHECK(count_of(learning_curve_svg(constant, ""), "nan") == 0);
}

TEST_CASE("characters that XML does not allow are escaped in the title") {
    CHECK(shows(learning_curve_svg({}, "cats & <dogs>"), "cats &amp; &lt;dogs&gt;"));
}
