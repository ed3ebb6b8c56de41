#include "datasets/picture_targets.h"

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;

namespace {

LabelList list_of(std::string_view text) {
    const test::TemporaryFolder folder;
    return LabelList::read(folder.write("list", text));
}

NextInput inputs(std::vector<Input> all) {
    return [all = std::move(all), next = std::size_t{0}]() mutable -> std::optional<Input> {
        if (next == all.size()) return std::nullopt;
        return all[next++];
    };
}

}  // namespace

TEST_CASE("a picture is called as the first folder below the data is") {
    const PictureLabels labels("data/val");
    CHECK(labels.label_of("data/val/cat/1.jpg") == "cat");
    CHECK(labels.label_of("data/val/cat/more/1.jpg") == "cat");
    CHECK(labels.label_of("data/val/n01440764.tar/1.jpg") == "n01440764");
    CHECK(labels.label_of("data/val/n01440764.tar.gz/1.jpg") == "n01440764");
    CHECK_FALSE(labels.label_of("data/val/1.jpg").has_value());
    CHECK(PictureLabels("data/val/").label_of("data/val/cat/1.jpg") == "cat");
    CHECK(PictureLabels("val.tar").label_of("val.tar/cat/1.jpg") == "cat");
    CHECK(PictureLabels(".").label_of("./cat/1.jpg") == "cat");
}

TEST_CASE("a look at all pictures counts labels, and names what has none") {
    const LabelSurvey found = survey(inputs({{"v/cat/1.jpg"},
                                             {"v/cat/2.jpg"},
                                             {"v/dog/1.jpg"},
                                             {"v/1.jpg"},
                                             {"v/shut", false, InputError{InputErrorKind::permission, ""}}}),
                                     PictureLabels("v"));
    CHECK(found.labels == std::map<std::string, std::uint64_t>{{"cat", 2}, {"dog", 1}});
    CHECK(found.labelled == 3);
    CHECK(found.unlabelled.count == 1);
    CHECK(found.unlabelled.first == std::vector<std::string>{"v/1.jpg"});
    CHECK(found.missing.count == 0);
}

TEST_CASE("entries of a list without a picture are missing, in the order of the list") {
    const PictureLabels labels("v", list_of("5.jpg,cat\n1.jpg,cat\n4.jpg,dog\n3.jpg,dog\n2.jpg,dog\n"));
    const LabelSurvey found = survey(inputs({{"v/1.jpg"}, {"v/9.jpg"}}), labels);
    CHECK(found.labels == std::map<std::string, std::uint64_t>{{"cat", 1}});
    CHECK(found.unlabelled.first == std::vector<std::string>{"v/9.jpg"});
    CHECK(found.missing.count == 4);
    CHECK(found.missing.first == std::vector<std::string>{"5.jpg", "4.jpg", "3.jpg"});
}
