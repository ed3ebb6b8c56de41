#include "datasets/class_mapping.h"

#include <doctest/doctest.h>

using namespace imnet;

namespace {

using Texts = std::vector<std::string>;

const ClassNames animals{{"lion", "n02129165"}, {"Timber wolf", "n02114367"}, {"tiger cat", "n02123159"}};

ClassNames named(const Texts& names) {
    ClassNames class_names;
    for (const std::string& name : names) class_names.push_back({name, ""});
    return class_names;
}

int class_of(const ClassMapping& mapping, const std::string& target) {
    const auto found = mapping.classes.find(target);
    return found == mapping.classes.end() ? -1 : found->second;
}

}  // namespace

TEST_CASE("targets are wnids, names or indices") {
    const ClassMapping mapping =
        map_targets(animals, {"n02123159", "lion", "timber_wolf", "2"}, Numbers::maybe_index);
    CHECK(class_of(mapping, "n02123159") == 2);
    CHECK(class_of(mapping, "lion") == 0);
    CHECK(class_of(mapping, "timber_wolf") == 1);
    CHECK(class_of(mapping, "2") == 2);
    CHECK(mapping.summary() == "2 by name, 1 by wnid, 1 by index (from 0)");
    CHECK(mapping.unknown.empty());
}

TEST_CASE("targets that match no class are listed") {
    const ClassMapping mapping =
        map_targets(animals, {"n01440764", "3", "lions", "lion"}, Numbers::maybe_index);
    CHECK(mapping.unknown == Texts{"3", "lions", "n01440764"});
    CHECK(mapping.classes.size() == 1);
}

TEST_CASE("a name takes precedence over an index") {
    // As ImageFolder sorts the names of ten and more classes.
    const ClassNames digits = named({"0", "1", "10", "2", "3"});
    const ClassMapping mapping = map_targets(digits, {"2", "3", "10", "4"}, Numbers::maybe_index);
    CHECK(class_of(mapping, "2") == 3);
    CHECK(class_of(mapping, "3") == 4);
    CHECK(class_of(mapping, "10") == 2);
    CHECK(mapping.unknown == Texts{"4"});  // an index 4 exists, but these classes have numbers as names
}

TEST_CASE("a stated meaning of numbers takes precedence over names") {
    const ClassNames digits = named({"0", "1", "10", "2", "3"});
    CHECK(class_of(map_targets(digits, {"2"}, Numbers::index), "2") == 2);
    CHECK(map_targets(digits, {"5"}, Numbers::index).unknown == Texts{"5"});
    CHECK(class_of(map_targets(digits, {"2"}, Numbers::unstated), "2") == 3);
}

TEST_CASE("numbers whose meaning is not stated are not indices") {
    const ClassMapping mapping = map_targets(animals, {"0", "lion"}, Numbers::unstated);
    CHECK(mapping.unstated == Texts{"0"});
    CHECK(class_of(mapping, "lion") == 0);
}

TEST_CASE("ids of ILSVRC 2012 are not indices") {
    const ClassMapping mapping =
        map_targets(imagenet_class_names(), {"1", "490", "0", "1001"}, Numbers::ilsvrc2012_id);
    CHECK(class_of(mapping, "1") == 278);   // kit fox
    CHECK(class_of(mapping, "490") == 65);  // sea snake
    CHECK(mapping.unknown == Texts{"0", "1001"});
    CHECK(map_targets(animals, {"1"}, Numbers::ilsvrc2012_id).unknown == Texts{"1"});
    CHECK(class_of(map_targets(animals, {"190"}, Numbers::ilsvrc2012_id), "190") == 0);  // lion
}

TEST_CASE("a target that matches two classes is ambiguous") {
    const ClassNames cranes{
        {"crane", "n02012849"}, {"crane", "n03126707"}, {"Crane", ""}, {"a/b", ""}, {"a b", ""}};
    const ClassMapping mapping =
        map_targets(cranes, {"crane", "Crane", "CRANE", "n03126707", "a_b", "a b"}, Numbers::maybe_index);
    CHECK(mapping.ambiguous == Texts{"CRANE", "a_b", "crane"});
    CHECK(class_of(mapping, "Crane") == 2);
    CHECK(class_of(mapping, "n03126707") == 1);
    CHECK(class_of(mapping, "a b") == 4);

    const ClassNames odd{{"n03126707", ""},
                         {"crane", "n03126707"}};  // the name of one is the wnid of the other
    CHECK(map_targets(odd, {"n03126707"}, Numbers::maybe_index).ambiguous == Texts{"n03126707"});
}

TEST_CASE("a class may have its wnid as name") {
    const ClassNames both{{"n03126707", "n03126707"}};
    CHECK(class_of(map_targets(both, {"n03126707"}, Numbers::unstated), "n03126707") == 0);
}

TEST_CASE("numbers may have more digits than an integer holds") {
    CHECK(map_targets(animals, {"99999999999999999999999"}, Numbers::index).unknown.size() == 1);
}
