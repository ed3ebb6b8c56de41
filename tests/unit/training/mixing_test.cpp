#include "training/mixing.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace imnet;

namespace {

/// A batch and its memory: pictures whose values are their places times `step`, targets one-hot.
struct Example {
    Example(int count, int side, float step)
        : pictures(std::size_t{3} * count * side * side), targets(static_cast<std::size_t>(count) * count) {
        for (std::size_t i = 0; i < pictures.size(); ++i) pictures[i] = static_cast<float>(i) * step;
        for (int i = 0; i < count; ++i) targets[static_cast<std::size_t>(i) * (count + 1)] = 1;
        batch = {pictures, targets, count, side};
    }

    std::vector<float> pictures;
    std::vector<float> targets;
    Batch batch;
};

double sum_of(const std::vector<float>& targets) {
    double sum = 0;
    for (const float target : targets) sum += static_cast<double>(target);
    return sum;
}

}  // namespace

// The numbers are those of torchvision 0.28's v2.MixUp and v2.CutMix.

TEST_CASE("mix_up adds lambda of a picture and 1 - lambda of the previous one") {
    Example three(3, 2, 0.37F);
    mix_up(three.batch, 0.3);
    CHECK(three.pictures[0] == 0x1.8dd2f2p+2F);
    CHECK(three.pictures[5] == 0x1.021cacp+3F);
    CHECK(three.pictures[12] == 0x1.54fdf4p+0F);
    CHECK(three.pictures[35] == 0x1.3af1aap+3F);
    CHECK(three.targets == std::vector<float>{0.3F, 0, 0.7F, 0.7F, 0.3F, 0, 0, 0.7F, 0.3F});
}

TEST_CASE("cut_mix copies a box from the previous picture and mixes the targets") {
    Example two(2, 6, 1);
    const std::vector<float> before = two.pictures;
    cut_mix(two.batch, {2, 0, 6, 4});
    for (int i = 0; i < 2; ++i) {
        for (int y = 0; y < 6; ++y) {
            for (int x = 0; x < 6; ++x) {
                const std::size_t at = (std::size_t(y) * 6 + x) * 3 + 1;
                const bool inside = x >= 2 && y < 4;
                REQUIRE(two.pictures[i * 108 + at] == before[(inside ? 1 - i : i) * 108 + at]);
            }
        }
    }
    CHECK(two.targets == std::vector<float>{0x1.1c71c8p-1F, 0x1.c71c72p-2F, 0x1.c71c72p-2F, 0x1.1c71c8p-1F});
}

TEST_CASE("a box is centred at its pixel and cut at the edges") {
    CHECK(cut_mix_box(33, 0.0, 32, 18) == Box{16, 2, 33, 33});
    CHECK(cut_mix_box(33, 0.2, 22, 14) == Box{8, 0, 33, 28});
    CHECK(cut_mix_box(33, 0.5, 3, 30) == Box{0, 19, 14, 33});
    CHECK(cut_mix_box(33, 0.97, 22, 14) == Box{20, 12, 24, 16});
    CHECK(cut_mix_box(33, 1.0, 3, 30) == Box{3, 30, 3, 30});
}

TEST_CASE("one picture alone is mixed with itself") {
    Example one(1, 4, 1);
    const std::vector<float> before = one.pictures;
    cut_mix(one.batch, {0, 0, 2, 2});
    CHECK(one.pictures == before);
    CHECK(one.targets == std::vector<float>{1});
}

TEST_CASE("lambda is distributed as Beta(alpha, alpha): mean 1/2, variance 1 / (8 alpha + 4)") {
    for (const double alpha : {0.001, 0.2, 0.5, 1.0, 3.0, 50.0}) {
        CAPTURE(alpha);
        constexpr int draws = 100'000;
        double sum = 0, squares = 0, fourth = 0;
        int low = 0;
        for (int i = 0; i < draws; ++i) {
            const double lambda = draw_lambda(alpha, static_cast<std::uint64_t>(i));
            REQUIRE(lambda >= 0);
            REQUIRE(lambda <= 1);
            const double offset = lambda - 0.5;
            sum += offset;
            squares += offset * offset;
            fourth += offset * offset * offset * offset;
            low += lambda < 0.5 ? 1 : 0;
        }
        const double variance = 1 / (8 * alpha + 4);
        // Kurtosis 3 - 6 / (2 alpha + 3).
        const double fourth_moment = variance * variance * (3 - 6 / (2 * alpha + 3));
        CHECK(std::abs(sum / draws) < 0.005);
        CHECK(squares / draws == doctest::Approx(variance).epsilon(0.02));
        CHECK(fourth / draws == doctest::Approx(fourth_moment).epsilon(0.04));
        CHECK(low == doctest::Approx(draws / 2).epsilon(0.02));
    }
}

TEST_CASE("the same seed gives the same mixture, and another seed a different one") {
    const Mixing mixing{.mixup_alpha = 0.2, .cutmix_alpha = 1};
    const auto mixed = [&](std::uint64_t seed) {
        Example batch(4, 8, 1);
        mix(batch.batch, mixing, seed);
        CHECK(sum_of(batch.targets) == doctest::Approx(4));
        return batch.pictures;
    };
    CHECK(mixed(1) == mixed(1));
    CHECK(mixed(1) != mixed(2));
}

TEST_CASE("with both on, each is chosen sometimes; with both off, nothing changes") {
    int cut = 0, mixed = 0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        Example batch(2, 8, 1);
        mix(batch.batch, {.mixup_alpha = 1, .cutmix_alpha = 1}, seed);
        // CutMix leaves every value equal to one of two values, which are whole numbers here.
        const bool whole = std::ranges::all_of(
            batch.pictures, [](float value) { return value == static_cast<float>(static_cast<int>(value)); });
        ++(whole ? cut : mixed);
    }
    CHECK(cut == doctest::Approx(500).epsilon(0.1));
    CHECK(cut + mixed == 1000);

    Example batch(2, 8, 1);
    const std::vector<float> before = batch.pictures;
    mix(batch.batch, {}, 0);
    CHECK(batch.pictures == before);
}
