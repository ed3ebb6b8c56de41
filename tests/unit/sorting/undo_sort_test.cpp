#include "sorting/undo_sort.h"

#include <algorithm>
#include <fstream>
#include <optional>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "sorting/sort_manifest.h"
#include "sorting/sorted_folder.h"
#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

namespace {

const ClassNames class_names{{"cat", ""}, {"dog", ""}};

// Two pictures of one name and a third, sorted.
struct Sorted {
    test::TemporaryFolder place;
    fs::path first = place.write("photos/1/a.jpg", "first");
    fs::path second = place.write("photos/2/a.jpg", "second");
    fs::path third = place.write("photos/2/b.jpg", "third");
    fs::path manifest;

    explicit Sorted(SortBy by) {
        SortedFolder folder(place / "sorted", by, class_names);
        for (const fs::path& path : {first, second}) folder.put(path, std::nullopt, {0, 0.9F}).value();
        folder.put(third, std::nullopt, {1, 0.9F}).value();
        manifest = folder.manifest();
    }

    fs::path in_place(std::string_view name) const { return place / "sorted" / name; }

    bool originals_are_there() const {
        return test::contents(first) == "first" && test::contents(second) == "second" &&
               test::contents(third) == "third";
    }

    // The files that remain in the folder of sorted pictures.
    std::vector<std::string> left() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(place / "sorted")) {
            names.push_back(entry.path().filename().native());
        }
        return names;
    }
};

void append(const fs::path& file, std::string_view text) {
    std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

}  // namespace

TEST_CASE("sorted pictures are put back, and the manifest is renamed") {
    for (const SortBy by : {SortBy::copy, SortBy::link, SortBy::move}) {
        const Sorted sorted(by);
        const UndoneSort result = undo_sort(sorted.manifest);
        CHECK(result.problems.empty());
        CHECK(result.undone == 3);
        CHECK(sorted.originals_are_there());
        CHECK(sorted.left() == std::vector<std::string>{sorted.manifest.filename().native() + ".undone"});
    }
}

TEST_CASE("the old folder of a moved file is made again if it is missing") {
    const Sorted sorted(SortBy::move);
    fs::remove_all(sorted.place / "photos");
    CHECK(undo_sort(sorted.manifest).problems.empty());
    CHECK(sorted.originals_are_there());
}

TEST_CASE("a moved file is moved back even if it was changed, but never replaces another file") {
    const Sorted sorted(SortBy::move);
    append(sorted.in_place("cat/a.jpg"), ", edited");
    sorted.place.write("photos/2/a.jpg", "in the way");
    const UndoneSort result = undo_sort(sorted.manifest);
    CHECK(result.undone == 2);
    CHECK(result.problems ==
          std::vector<std::string>{sorted.in_place("cat/a-2.jpg").native() +
                                   ": kept: something else is called " + sorted.second.native() + " now"});
    CHECK(test::contents(sorted.first) == "first, edited");
    CHECK(test::contents(sorted.second) == "in the way");
    CHECK(test::contents(sorted.in_place("cat/a-2.jpg")) == "second");
    CHECK(fs::exists(sorted.manifest));

    fs::remove(sorted.second);
    CHECK(undo_sort(sorted.manifest).undone == 1);
    CHECK(test::contents(sorted.second) == "second");
    CHECK_FALSE(fs::exists(sorted.manifest));
}

TEST_CASE("a copy is kept if it, or its original, was changed or removed") {
    const Sorted sorted(SortBy::copy);
    append(sorted.in_place("cat/a.jpg"), ", edited");
    fs::remove(sorted.second);
    append(sorted.third, ", edited");
    const UndoneSort result = undo_sort(sorted.manifest);
    CHECK(result.undone == 0);
    CHECK(result.problems ==
          std::vector<std::string>{
              sorted.in_place("dog/b.jpg").native() + ": kept: " + sorted.third.native() +
                  " has been changed since",
              sorted.in_place("cat/a-2.jpg").native() + ": kept: there is no " + sorted.second.native() +
                  " any more",
              sorted.in_place("cat/a.jpg").native() + ": kept: it has been changed since"});
}

TEST_CASE("a link is kept if it is the last name of its file") {
    for (const bool by_symbolic_link : {false, true}) {
        const Sorted sorted(SortBy::link);
        fs::remove(sorted.first);
        if (by_symbolic_link) fs::create_symlink(sorted.in_place("cat/a.jpg"), sorted.first);
        const UndoneSort result = undo_sort(sorted.manifest);
        CHECK(result.undone == 2);
        CHECK(result.problems.size() == 1);
        CHECK(test::contents(sorted.in_place("cat/a.jpg")) == "first");
    }
}

TEST_CASE("a symbolic link to the copy does not count as the original") {
    for (const SortBy by : {SortBy::copy, SortBy::move}) {
        const Sorted sorted(by);
        fs::remove(sorted.first);
        fs::create_symlink(sorted.in_place("cat/a.jpg"), sorted.first);
        CHECK(undo_sort(sorted.manifest).problems.size() == 1);
        CHECK(test::contents(sorted.in_place("cat/a.jpg")) == "first");
    }
}

TEST_CASE("removed copies and links are not a problem, but a removed file that was moved is one") {
    const Sorted copied(SortBy::copy);
    fs::remove_all(copied.place / "sorted/cat");
    CHECK(undo_sort(copied.manifest).problems.empty());
    const Sorted moved(SortBy::move);
    fs::remove_all(moved.place / "sorted/dog");
    CHECK(undo_sort(moved.manifest).problems ==
          std::vector<std::string>{moved.in_place("dog/b.jpg").native() + ": it is gone, and so is " +
                                   moved.third.native()});
}

TEST_CASE("a renamed folder is undone at its new place, and other files in it stay") {
    const Sorted sorted(SortBy::move);
    sorted.place.write("sorted/dog/theirs.jpg", "theirs");
    fs::rename(sorted.place / "sorted", sorted.place / "renamed");
    CHECK(undo_sort(sorted.place / "renamed" / sorted.manifest.filename()).problems.empty());
    CHECK(sorted.originals_are_there());
    CHECK(test::contents(sorted.place / "renamed/dog/theirs.jpg") == "theirs");
    CHECK_FALSE(fs::exists(sorted.place / "renamed/cat"));
}

TEST_CASE("a copy from an archive is removed if the archive exists, and a copy from a pipe is kept") {
    const test::TemporaryFolder place;
    const fs::path archive = place.write("shard.tar", "tar");
    const std::string_view text = "picture";
    fs::path manifest;
    {
        SortedFolder folder(place / "sorted", SortBy::copy, class_names);
        for (const fs::path& path : {archive / "deep/1.jpg", fs::path("-")}) {
            folder.put(path, std::as_bytes(std::span(text)), {0, 0.9F}).value();
        }
        manifest = folder.manifest();
    }
    const UndoneSort result = undo_sort(manifest);
    CHECK(result.undone == 1);
    CHECK(result.problems.size() == 1);
    CHECK_FALSE(fs::exists(place / "sorted/cat/1.jpg"));
    CHECK(fs::exists(place / "sorted/cat/stdin"));
}

TEST_CASE("a manifest that a run is writing is not undone") {
    const test::TemporaryFolder place;
    SortedFolder folder(place / "sorted", SortBy::copy, class_names);
    folder.put(place.write("a.jpg", "a"), std::nullopt, {0, 0.9F}).value();
    CHECK_THROWS_AS(undo_sort(folder.manifest()), UsageError);
    CHECK(fs::exists(place / "sorted/cat/a.jpg"));
}

TEST_CASE("a damaged line is reported, and the rest is undone") {
    const Sorted sorted(SortBy::move);
    append(sorted.manifest, "damaged\n{\"id\":9");
    const UndoneSort result = undo_sort(sorted.manifest);
    CHECK(result.undone == 3);
    CHECK(result.problems == std::vector<std::string>{sorted.manifest.native() + ": line 8 is damaged"});
    CHECK(sorted.originals_are_there());
    CHECK(fs::exists(sorted.manifest));
}
