#include "datasets/picture_targets.h"

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;

namespace {

TargetList list_of(std::string_view text) {
    const test::TemporaryFolder folder;
    return TargetList::read(folder.write("list", text));
}

NextInput inputs(std::vector<Input> all) {
    return [all = std::move(all), next = std::size_t{0}]() mutable -> std::optional<Input> {
        if (next == all.size()) return std::nullopt;
        return all[next++];
    };
}

}  // namespace

TEST_CASE("the target of a picture is the first folder below the data") {
    const PictureTargets targets("data/val");
    CHECK(targets.target_of("data/val/cat/1.jpg") == "cat");
    CHECK(targets.target_of("data/val/cat/more/1.jpg") == "cat");
    CHECK(targets.target_of("data/val/n01440764.tar/1.jpg") == "n01440764");
    CHECK(targets.target_of("data/val/n01440764.tar.gz/1.jpg") == "n01440764");
    CHECK_FALSE(targets.target_of("data/val/1.jpg").has_value());
    CHECK(PictureTargets("data/val/").target_of("data/val/cat/1.jpg") == "cat");
    CHECK(PictureTargets("val.tar").target_of("val.tar/cat/1.jpg") == "cat");
    CHECK(PictureTargets(".").target_of("./cat/1.jpg") == "cat");
}

TEST_CASE("a survey counts targets and names pictures without one") {
    const TargetSurvey found = survey(inputs({{"v/cat/1.jpg"},
                                              {"v/cat/2.jpg"},
                                              {"v/dog/1.jpg"},
                                              {"v/1.jpg"},
                                              {"v/shut", false, InputError{InputErrorKind::permission, ""}}}),
                                      PictureTargets("v"));
    CHECK(found.targets == std::map<std::string, std::uint64_t>{{"cat", 2}, {"dog", 1}});
    CHECK(found.labelled == 3);
    CHECK(found.unlabelled.count == 1);
    CHECK(found.unlabelled.first == std::vector<std::string>{"v/1.jpg"});
    CHECK(found.missing.count == 0);
}

TEST_CASE("entries of a list without a picture are missing, in the order of the list") {
    const PictureTargets targets("v", list_of("5.jpg,cat\n1.jpg,cat\n4.jpg,dog\n3.jpg,dog\n2.jpg,dog\n"));
    const TargetSurvey found = survey(inputs({{"v/1.jpg"}, {"v/9.jpg"}}), targets);
    CHECK(found.targets == std::map<std::string, std::uint64_t>{{"cat", 1}});
    CHECK(found.unlabelled.first == std::vector<std::string>{"v/9.jpg"});
    CHECK(found.missing.count == 4);
    CHECK(found.missing.first == std::vector<std::string>{"5.jpg", "4.jpg", "3.jpg"});
}
