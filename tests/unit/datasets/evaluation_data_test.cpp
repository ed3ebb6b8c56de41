#include "datasets/evaluation_data.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

const ClassNames trees{{"oak", ""}, {"beech", ""}};

template <typename Error>
std::string refusal(const EvaluationDataOptions& options) {
    try {
        EvaluationData(options).map_to(trees);
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("folders name the classes of their pictures") {
    const test::TemporaryFolder folder;
    for (const char* name : {"oak/1.jpg", "oak/2.jpg", "beech/3.jpg", "4.jpg"}) folder.write(name, "");
    EvaluationData data({.folder = folder.path().native()});
    data.map_to(trees);
    CHECK(data.pictures() == 3);
    CHECK(data.target_of((folder / "beech/3.jpg").native()) == 1);
    CHECK_FALSE(data.target_of((folder / "4.jpg").native()).has_value());
    REQUIRE(data.notes().size() == 1);
    CHECK(holds(data.notes()[0], "1 picture left out: not in a class folder"));
}

TEST_CASE("targets that the model has no class for are refused by name, or left out") {
    const test::TemporaryFolder folder;
    for (const char* name : {"oak/1.jpg", "elm/2.jpg", "elm/3.jpg"}) folder.write(name, "");
    EvaluationDataOptions options{.folder = folder.path().native()};
    CHECK(holds(refusal<ModelError>(options), "the model has no class for 1 of the 2 labels: elm"));
    options.skip_unknown = true;
    EvaluationData data(options);
    data.map_to(trees);
    CHECK(data.unknown() == 2);
    CHECK(data.pictures() == 1);
    CHECK(holds(data.notes().back(), "2 pictures left out"));
}

TEST_CASE("where there is nothing to evaluate, that is said") {
    const test::TemporaryFolder folder;
    CHECK(holds(refusal<UsageError>({.folder = folder.path().native()}), "there are no pictures in it"));
    folder.write("1.jpg", "");
    CHECK(holds(refusal<UsageError>({.folder = folder.path().native()}),
                "not in folders that name their classes"));
    const auto list = folder.write("list.csv", "gone.jpg,oak\n").native();
    CHECK(holds(refusal<UsageError>({.folder = folder.path().native(), .target_list = list}),
                "none of its 1 pictures"));
}
