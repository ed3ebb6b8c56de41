#include "models/class_names.h"

#include <set>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

TEST_CASE("ImageNet's classes have the names and wnids of torchvision") {
    const ClassNames class_names = imagenet_class_names();
    REQUIRE(class_names.size() == 1000);
    CHECK(class_names[0].name == "tench");
    CHECK(class_names[281].name == "tabby");
    CHECK(class_names[281].wnid == "n02123045");
    CHECK(class_names[999].name == "toilet tissue");
}

TEST_CASE("the ids of ILSVRC 2012 are another order than the indices") {
    const std::vector<std::string> wnids = ilsvrc2012_wnids();
    REQUIRE(wnids.size() == 1000);
    CHECK(std::set(wnids.begin(), wnids.end()).size() == 1000);
    CHECK(wnids[0] == "n02119789");    // 1 kit_fox
    CHECK(wnids[448] == "n01440764");  // 449 tench
    CHECK(wnids[999] == "n03255030");  // 1000 dumbbell
    // The first validation pictures: their lines of the ground truth, and their indices elsewhere.
    const ClassNames class_names = imagenet_class_names();
    CHECK(wnids[490 - 1] == class_names[65].wnid);
    CHECK(wnids[361 - 1] == class_names[970].wnid);
    CHECK(wnids[171 - 1] == class_names[230].wnid);
}

TEST_CASE("a class is found by name in any case, by wnid and by index") {
    const ClassNames class_names = imagenet_class_names();
    CHECK(find_classes(class_names, "Tabby") == std::vector{281});
    CHECK(find_classes(class_names, "n02123045") == std::vector{281});
    CHECK(find_classes(class_names, "281") == std::vector{281});
    CHECK(find_classes(class_names, "1000").empty());
    CHECK(find_classes(class_names, "tab").empty());
    CHECK(find_classes({{"dog", ""}, {"dog", ""}, {"0", ""}}, "dog") == std::vector{0, 1});
    CHECK(find_classes({{"dog", ""}, {"0", ""}}, "0") == std::vector{1});  // a name goes before an index
}

TEST_CASE("class names are read one a line") {
    const test::TemporaryFolder folder;
    const ClassNames class_names =
        read_class_names(folder.write("names", "\xEF\xBB\xBFrose\r\ncaf\xC3\xA9"), 2);
    CHECK(class_names[0].name == "rose");
    CHECK(class_names[1].name == "caf\xC3\xA9");
    CHECK(class_names[1].wnid.empty());
}

TEST_CASE("class names that do not fit the model are refused") {
    const test::TemporaryFolder folder;
    const auto message = [&](std::string_view text) {
        const auto path = folder.write("names", text);
        try {
            read_class_names(path, 2);
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
    CHECK_THROWS_AS(read_class_names("/no/such/file", 2), ModelError);
}

TEST_CASE("a head of another size has numbered classes") {
    CHECK(numbered_class_names(2)[1].name == "class 1");
}
