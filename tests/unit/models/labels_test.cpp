#include "models/labels.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

TEST_CASE("ImageNet's classes have the names and wnids of torchvision") {
    const Labels labels = imagenet_labels();
    REQUIRE(labels.size() == 1000);
    CHECK(labels[0].name == "tench");
    CHECK(labels[281].name == "tabby");
    CHECK(labels[281].wnid == "n02123045");
    CHECK(labels[999].name == "toilet tissue");
}

TEST_CASE("a class is found by name in any case, by wnid and by index") {
    const Labels labels = imagenet_labels();
    CHECK(find_labels(labels, "Tabby") == std::vector{281});
    CHECK(find_labels(labels, "n02123045") == std::vector{281});
    CHECK(find_labels(labels, "281") == std::vector{281});
    CHECK(find_labels(labels, "1000").empty());
    CHECK(find_labels(labels, "tab").empty());
    CHECK(find_labels({{"dog", ""}, {"dog", ""}, {"0", ""}}, "dog") == std::vector{0, 1});
    CHECK(find_labels({{"dog", ""}, {"0", ""}}, "0") == std::vector{1});  // a name goes before an index
}

TEST_CASE("class names are read one a line") {
    const test::TemporaryFolder folder;
    const Labels labels = read_labels(folder.write("names", "\xEF\xBB\xBFrose\r\ncaf\xC3\xA9"), 2);
    CHECK(labels[0].name == "rose");
    CHECK(labels[1].name == "caf\xC3\xA9");
    CHECK(labels[1].wnid.empty());
}

TEST_CASE("class names that do not fit the model are refused") {
    const test::TemporaryFolder folder;
    const auto message = [&](std::string_view text) {
        const auto path = folder.write("names", text);
        try {
            read_labels(path, 2);
        } catch (const ModelError& error) {
            return std::string(error.what()).substr(path.native().size());
        }
        return std::string("accepted");
    };
    CHECK(message("a\nb\n") == "accepted");
    CHECK(message("a\n") == ": 1 class names for a model with 2 outputs");
    CHECK(message("a\nb\nc\n") == ": 3 class names for a model with 2 outputs");
    CHECK(message("a\n\nb\n") == ": line 2 is empty: one class name a line, in index order");
    CHECK(message("a\n\xFF\n") == ": line 2 is not UTF-8");
    CHECK_THROWS_AS(read_labels("/no/such/file", 2), ModelError);
}

TEST_CASE("a head of another size has numbered classes") { CHECK(numbered_labels(2)[1].name == "class 1"); }
