#include "models/class_names.h"

#include <set>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

TEST_CASE("ImageNet's classes have torchvision's names and WordNet ids") {
    const ClassNames class_names = imagenet_class_names();
    REQUIRE(class_names.size() == 1000);
    CHECK(class_names[0].name == "tench");
    CHECK(class_names[281].name == "tabby");
    CHECK(class_names[281].wnid == "n02123045");
    CHECK(class_names[999].name == "toilet tissue");
}

TEST_CASE("the larger heads have the names and WordNet ids of ImageNet-21k and ImageNet-12k") {
    const ClassNames large = class_names_of_head(21'843);
    REQUIRE(large.size() == 21'843);
    CHECK(large[0] == ClassName{"organism, being", "n00004475"});
    CHECK(large == imagenet21k_class_names());
    const ClassNames smaller = class_names_of_head(11'821);
    REQUIRE(smaller.size() == 11'821);
    CHECK(smaller[0] == ClassName{"benthos", "n00005787"});
    CHECK(class_names_of_head(1000) == imagenet_class_names());
    CHECK(class_names_of_head(3) == numbered_class_names(3));
}

TEST_CASE("one of the words of a class finds it, and its whole name goes first") {
    const ClassNames class_names = imagenet12k_class_names();
    const std::vector<int> tabby = find_classes(class_names, "Tabby cat");
    REQUIRE(tabby.size() == 1);
    CHECK(class_names[tabby[0]] == ClassName{"tabby, tabby cat", "n02123045"});
    CHECK(find_classes(class_names, "tabby").size() == 2);  // "tabby, queen" is another class
    CHECK(find_classes({{"crane, bird", ""}, {"crane", ""}}, "crane") == std::vector{1});
    CHECK(find_classes({{"crane, bird", ""}, {"lorry, crane", ""}}, "crane") == std::vector{0, 1});
    CHECK(find_classes({{"crane, bird", ""}}, "bir").empty());
}

TEST_CASE("ILSVRC2012_IDs are in another order than class indices") {
    const std::vector<std::string> wnids = ilsvrc2012_wnids();
    REQUIRE(wnids.size() == 1000);
    CHECK(std::set(wnids.begin(), wnids.end()).size() == 1000);
    CHECK(wnids[0] == "n02119789");    // 1 kit_fox
    CHECK(wnids[448] == "n01440764");  // 449 tench
    CHECK(wnids[999] == "n03255030");  // 1000 dumbbell
    // The first three validation pictures: their IDs in the ground truth file, and their class indices.
    const ClassNames class_names = imagenet_class_names();
    CHECK(wnids[490 - 1] == class_names[65].wnid);
    CHECK(wnids[361 - 1] == class_names[970].wnid);
    CHECK(wnids[171 - 1] == class_names[230].wnid);
}

TEST_CASE("a class is found by its name in any case, its WordNet id or its index") {
    const ClassNames class_names = imagenet_class_names();
    CHECK(find_classes(class_names, "Tabby") == std::vector{281});
    CHECK(find_classes(class_names, "n02123045") == std::vector{281});
    CHECK(find_classes(class_names, "281") == std::vector{281});
    CHECK(find_classes(class_names, "1000").empty());
    CHECK(find_classes(class_names, "tab").empty());
    CHECK(find_classes({{"dog", ""}, {"dog", ""}, {"0", ""}}, "dog") == std::vector{0, 1});
    CHECK(find_classes({{"dog", ""}, {"0", ""}}, "0") == std::vector{1});  // a name wins over an index
}

TEST_CASE("numbered class names count from 0") { CHECK(numbered_class_names(2)[1].name == "class 1"); }

TEST_CASE("folders that are all called by wnids have ImageNet's class names") {
    const std::string wnids[] = {"n02123045", "n02124075"};
    CHECK(class_names_of_folders(wnids) == ClassNames{{"tabby", "n02123045"}, {"Egyptian cat", "n02124075"}});
    const std::string mixed[] = {"n02123045", "oak"};
    CHECK(class_names_of_folders(mixed) == ClassNames{{"n02123045", ""}, {"oak", ""}});
}
