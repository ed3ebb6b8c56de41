#include "models/published_weights.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "models/architecture.h"

using namespace imnet;

TEST_CASE("every architecture has exactly one default among its published weights") {
    for (const std::string_view model : architecture_names()) {
        CAPTURE(model);
        const auto rows = published_weights();
        CHECK(std::count_if(rows.begin(), rows.end(), [&](const PublishedWeights& row) {
                  return row.model == model && row.is_default;
              }) == 1);
    }
}

TEST_CASE("the published numbers of parameters are those of the architectures") {
    for (const PublishedWeights& row : published_weights()) {
        CAPTURE(row.model);
        CHECK(architecture(row.model).parameter_count() == row.parameters);
    }
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
