#include "models/published_weights.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "models/architecture.h"

using namespace imnet;

namespace {

bool is_architecture(std::string_view model) {
    const auto names = architecture_names();
    return std::ranges::find(names, model) != names.end();
}

}  // namespace

TEST_CASE("every model has exactly one default among its published weights") {
    const auto rows = published_weights();
    for (const PublishedWeights& each : rows) {
        CAPTURE(each.model);
        CHECK(std::ranges::count_if(rows, [&](const PublishedWeights& row) {
                  return row.model == each.model && row.is_default;
              }) == 1);
    }
}

TEST_CASE("every architecture has published weights") {
    for (const std::string_view model : architecture_names()) {
        CAPTURE(model);
        CHECK(default_weights(model) != nullptr);
    }
}

TEST_CASE("the published numbers of parameters are those of the architectures") {
    std::set<std::string_view> pending;
    for (const PublishedWeights& row : published_weights()) {
        CAPTURE(row.model);
        if (!is_architecture(row.model)) {
            pending.insert(row.model);
            continue;
        }
        CHECK(architecture(row.model, row.classes).parameter_count() == row.parameters);
    }
    CHECK(pending.empty());
}

TEST_CASE("the table has every set of weights once") {
    std::set<std::string> names;
    std::set<std::string_view> files;
    for (const PublishedWeights& row : published_weights()) {
        CAPTURE(row.full_name());
        CHECK(names.insert(row.full_name()).second);
        CHECK(files.insert(row.file).second);
        CHECK(row.accuracy.has_value() == (row.classes == 1000));
        CHECK((!row.test_accuracy || row.test_preprocessing));
        CHECK(row.preprocessing.short_side >= row.preprocessing.image_size);
    }
    CHECK(names.size() == 17 + 178 + 1);  // torchvision's, timm's and Keras's
}

TEST_CASE("weights of timm have a second size, with its own accuracy") {
    const PublishedWeights& a1 = *find_published("timm/resnet50", "a1_in1k");
    CHECK(a1.full_name() == "resnet50.a1_in1k");
    CHECK(a1.publisher == "timm");
    CHECK(a1.preprocessing.image_size == 224);
    CHECK(a1.preprocessing.short_side == 235);
    CHECK(a1.accuracy->top1 == 80.382);
    CHECK(a1.test_preprocessing->image_size == 288);
    CHECK(a1.test_preprocessing->short_side == 288);
    CHECK(a1.test_preprocessing->interpolation == Interpolation::bicubic);
    CHECK(a1.test_accuracy->top1 == 81.24);
    CHECK_FALSE(default_weights("resnet50")->test_preprocessing);
    CHECK(find_published("resnetv2_50x1_bit", "goog_in21k")->classes == 21843);
}

TEST_CASE("each set of weights has its own preprocessing") {
    const PublishedWeights* v1 = find_published("resnet50", "IMAGENET1K_V1");
    const PublishedWeights* v2 = default_weights("resnet50");
    const PublishedWeights* a1h = default_weights("resnetv2_50");
    REQUIRE((v1 && v2 && a1h));
    CHECK(v1->preprocessing.short_side == 256);
    CHECK(v2->name == "IMAGENET1K_V2");
    CHECK(v2->preprocessing.short_side == 232);
    CHECK(v2->preprocessing.mean[0] == 0.485F);
    CHECK(a1h->preprocessing.short_side == 235);
    CHECK(a1h->preprocessing.interpolation == Interpolation::bicubic);
    CHECK(a1h->preprocessing.std[2] == 0.5F);
    CHECK(find_published("resnet50", "a1h_in1k") == nullptr);
}

TEST_CASE("weights that are not published are refused with those that are") {
    CHECK_THROWS_WITH_AS(published_named("resnet50", "V3"), doctest::Contains("IMAGENET1K_V1, IMAGENET1K_V2"),
                         ModelError);
    CHECK_THROWS_WITH_AS(published_named("a_net", ""), doctest::Contains("--weights FILE"), ModelError);
}

TEST_CASE("Keras's weights are squashed to their size, and must be converted") {
    const PublishedWeights* keras = default_weights("keras_resnet50v2");
    REQUIRE(keras != nullptr);
    CHECK(keras->preprocessing ==
          Preprocessing{
              224, 224, Interpolation::nearest, {0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}, CropMode::squash});
    CHECK(keras->must_be_converted());
    CHECK_FALSE(default_weights("resnet50")->must_be_converted());
}

TEST_CASE("a file is recognised by its SHA-256, of which only the first digits may be published") {
    CHECK(identify_by_hash("resnet50", "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a")
              ->name == "IMAGENET1K_V1");
    CHECK(identify_by_hash("resnet18", "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec")
              ->name == "IMAGENET1K_V1");
    CHECK(identify_by_hash("resnet50", "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8b") ==
          nullptr);
    CHECK(identify_by_hash("resnetv2_50", "-") == nullptr);
}

TEST_CASE("a file is not hashed if no published file has its size") {
    CHECK(may_be_published("resnet50", 102'530'333));
    CHECK(may_be_published("resnet50", 102'540'417));
    CHECK_FALSE(may_be_published("resnet50", 102'469'840));
    CHECK_FALSE(may_be_published("resnet18", 102'530'333));
}
