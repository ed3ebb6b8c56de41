#include "training/training_batches.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "training/picture_folder.h"

using namespace imnet;
using imnet::test::PictureFolder;

namespace {

// Grey values stay as they are, so that pictures can be told apart.
Augmentation plain() {
    Augmentation augmentation;
    augmentation.size = 8;
    augmentation.mean = {0, 0, 0};
    augmentation.std = {1, 1, 1};
    return augmentation;
}

std::vector<TrainingBatch> all_batches(TrainingBatches& batches) {
    std::vector<TrainingBatch> all;
    while (auto batch = batches.next()) all.push_back(std::move(*batch));
    return all;
}

std::vector<TrainingBatch> all_batches(const PictureFolder& pictures, const EpochPlan& plan) {
    const Augmentation augmentation = plain();
    TrainingBatches batches(pictures.images, augmentation, plan);
    return all_batches(batches);
}

void check_same(std::span<const TrainingBatch> a, std::span<const TrainingBatch> b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i].targets == b[i].targets);
        CHECK(a[i].inputs == b[i].inputs);
    }
}

// The grey values of a batch: which pictures it holds.
std::vector<int> pictures_of(const TrainingBatch& batch) {
    std::vector<int> numbers;
    for (std::size_t i = 0; i < batch.targets.size(); ++i)
        numbers.push_back(static_cast<int>(std::lround(255 * batch.inputs[i * 8 * 8 * 3])));
    return numbers;
}

std::vector<int> pictures_of(std::span<const TrainingBatch> batches) {
    std::vector<int> numbers;
    for (const TrainingBatch& batch : batches)
        for (const int number : pictures_of(batch)) numbers.push_back(number);
    return numbers;
}

}  // namespace

TEST_CASE("an epoch has every picture once, with its target; the last batch has the rest") {
    const PictureFolder pictures(23);
    const auto batches = all_batches(pictures, {.seed = 1, .epoch = 0, .batch = 5, .threads = 2});
    REQUIRE(batches.size() == 5);
    CHECK(batches.back().targets.size() == 3);
    for (const TrainingBatch& batch : batches) {
        CHECK(batch.inputs.size() == batch.targets.size() * 8 * 8 * 3);
        const std::vector<int> numbers = pictures_of(batch);
        for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(batch.targets[i] == numbers[i] % 3);
    }
    std::vector<int> numbers = pictures_of(batches);
    CHECK_FALSE(std::is_sorted(numbers.begin(), numbers.end()));
    std::sort(numbers.begin(), numbers.end());
    for (int k = 0; k < 23; ++k) CHECK(numbers[static_cast<std::size_t>(k)] == k);
}

TEST_CASE("the order follows from seed and epoch") {
    const PictureFolder pictures(23);
    const auto order = [&](std::uint64_t seed, int epoch) {
        return pictures_of(all_batches(pictures, {.seed = seed, .epoch = epoch, .batch = 5}));
    };
    CHECK(order(1, 0) == order(1, 0));
    CHECK(order(1, 0) != order(1, 1));
    CHECK(order(1, 0) != order(2, 0));
}

TEST_CASE("any number of threads makes the same batches") {
    const PictureFolder pictures(40);
    const EpochPlan plan{.seed = 7, .epoch = 2, .batch = 6, .threads = 1};
    const auto one = all_batches(pictures, plan);
    for (const int threads : {2, 3, 8}) {
        EpochPlan other = plan;
        other.threads = threads;
        check_same(one, all_batches(pictures, other));
    }
}

TEST_CASE("an epoch can start at any batch") {
    const PictureFolder pictures(23);
    const auto whole = all_batches(pictures, {.seed = 7, .epoch = 1, .batch = 4, .threads = 2});
    for (int first = 0; first <= 6; ++first) {
        const auto rest =
            all_batches(pictures, {.seed = 7, .epoch = 1, .first_batch = first, .batch = 4, .threads = 2});
        check_same(std::span(whole).subspan(static_cast<std::size_t>(first)), rest);
    }
}

TEST_CASE("a picture that cannot be read is left out and reported") {
    const PictureFolder pictures(12);
    pictures.spoil(4);
    std::filesystem::remove(pictures.images[9].path);
    const Augmentation augmentation = plain();
    TrainingBatches batches(pictures.images, augmentation, {.seed = 3, .batch = 5, .threads = 2});
    const auto all = all_batches(batches);
    std::vector<int> numbers = pictures_of(all);
    std::sort(numbers.begin(), numbers.end());
    CHECK(numbers == std::vector{0, 1, 2, 3, 5, 6, 7, 8, 10, 11});
    REQUIRE(batches.bad_pictures().size() == 2);
    std::vector<std::string> bad;
    for (const BadPicture& picture : batches.bad_pictures()) bad.push_back(picture.path);
    std::sort(bad.begin(), bad.end());
    CHECK(bad == std::vector{pictures.images[4].path, pictures.images[9].path});
}

TEST_CASE("a batch without a readable picture is empty, and not the end") {
    const PictureFolder pictures(4);
    const std::vector<std::uint32_t> order = epoch_order(4, 3, 0);
    pictures.spoil(static_cast<int>(order[0]));
    pictures.spoil(static_cast<int>(order[1]));
    const auto batches = all_batches(pictures, {.seed = 3, .batch = 2});
    REQUIRE(batches.size() == 2);
    CHECK(batches[0].targets.empty());
    CHECK(batches[0].inputs.empty());
    CHECK(batches[1].targets.size() == 2);
}

TEST_CASE("an epoch can be abandoned at any time") {
    const PictureFolder pictures(40);
    const Augmentation augmentation = plain();
    for (int taken = 0; taken < 3; ++taken) {
        TrainingBatches batches(pictures.images, augmentation, {.batch = 2, .threads = 4});
        for (int i = 0; i < taken; ++i) CHECK(batches.next().has_value());
    }
}
