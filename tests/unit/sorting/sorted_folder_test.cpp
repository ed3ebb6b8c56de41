#include "sorting/sorted_folder.h"

#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "other_file_system.h"
#include "sorting/undo_sort.h"
#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

namespace {

const ClassNames class_names{{"cat", ""}, {"dog", ""}};
constexpr Prediction cat{0, 0.9F};
constexpr Prediction dog{1, 0.8F};
constexpr auto sorted = SortedFolder::Outcome::sorted;
constexpr auto was_sorted = SortedFolder::Outcome::was_sorted;

std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("a picture is copied into the folder of its class, with its mode and time") {
    const test::TemporaryFolder place;
    const fs::path original = place.write("photos/a.jpg", "picture");
    fs::permissions(original, fs::perms::owner_read);
    const auto time = fs::file_time_type::clock::now() - std::chrono::hours(1000);
    fs::last_write_time(original, time);
    SortedFolder folder(place / "sorted", SortBy::copy, class_names);
    CHECK(folder.put(original, std::nullopt, cat).value() == sorted);
    const fs::path copy = place / "sorted/cat/a.jpg";
    CHECK(test::contents(copy) == "picture");
    CHECK(fs::last_write_time(copy) == fs::last_write_time(original));
    CHECK(fs::status(copy).permissions() == fs::perms::owner_read);
    CHECK_FALSE(fs::equivalent(copy, original));
    CHECK(files_in(place / "sorted") == 2);  // the class folder and the manifest, but no unfinished file
}

TEST_CASE("a link is the same file, and a moved file is no longer at its old place") {
    const test::TemporaryFolder place;
    const fs::path linked = place.write("photos/a.jpg", "a");
    const fs::path moved = place.write("photos/b.jpg", "b");
    CHECK(SortedFolder(place / "sorted", SortBy::link, class_names).put(linked, std::nullopt, cat).value() ==
          sorted);
    CHECK(SortedFolder(place / "sorted", SortBy::move, class_names).put(moved, std::nullopt, dog).value() ==
          sorted);
    CHECK(fs::equivalent(place / "sorted/cat/a.jpg", linked));
    CHECK(test::contents(place / "sorted/dog/b.jpg") == "b");
    CHECK_FALSE(fs::exists(moved));
}

TEST_CASE("an existing file is never replaced") {
    for (const SortBy by : {SortBy::copy, SortBy::link, SortBy::move}) {
        const test::TemporaryFolder place;
        place.write("sorted/cat/a.jpg", "was here");
        place.write("sorted/cat/a-3.jpg", "was here, too");
        SortedFolder folder(place / "sorted", by, class_names);
        for (const char* name : {"1/a.jpg", "2/a.jpg", "3/a.jpg"}) {
            CHECK(folder.put(place.write(name, name), std::nullopt, cat).value() == sorted);
        }
        CHECK(test::contents(place / "sorted/cat/a.jpg") == "was here");
        CHECK(test::contents(place / "sorted/cat/a-2.jpg") == "1/a.jpg");
        CHECK(test::contents(place / "sorted/cat/a-3.jpg") == "was here, too");
        CHECK(test::contents(place / "sorted/cat/a-4.jpg") == "2/a.jpg");
        CHECK(test::contents(place / "sorted/cat/a-5.jpg") == "3/a.jpg");
    }
}

TEST_CASE("a sorted picture is not sorted again by this or another run") {
    for (const SortBy by : {SortBy::copy, SortBy::link, SortBy::move}) {
        const test::TemporaryFolder place;
        const fs::path original = place.write("photos/a.jpg", "a");
        {
            SortedFolder folder(place / "sorted", by, class_names);
            CHECK(folder.put(original, std::nullopt, cat).value() == sorted);
            CHECK(folder.put(original, std::nullopt, cat).value() == was_sorted);
        }
        SortedFolder again(place / "sorted", by, class_names);
        CHECK(again.put(place / "photos/../photos/a.jpg", std::nullopt, dog).value() == was_sorted);
        CHECK(again.put(place / "sorted/cat/a.jpg", std::nullopt, cat).value() == was_sorted);
        CHECK(again.manifest().empty());
        CHECK(files_in(place / "sorted/cat") == 1);
    }
}

TEST_CASE("another picture under the old name is sorted, and so is a copy that was deleted") {
    const test::TemporaryFolder place;
    const fs::path original = place.write("photos/a.jpg", "a");
    SortedFolder folder(place / "sorted", SortBy::copy, class_names);
    CHECK(folder.put(original, std::nullopt, cat).value() == sorted);
    place.write("photos/a.jpg", "another");
    CHECK(folder.put(original, std::nullopt, cat).value() == sorted);
    CHECK(test::contents(place / "sorted/cat/a-2.jpg") == "another");
    fs::remove(place / "sorted/cat/a-2.jpg");
    CHECK(
        SortedFolder(place / "sorted", SortBy::copy, class_names).put(original, std::nullopt, cat).value() ==
        sorted);
}

TEST_CASE("the bytes of an input that is not a file are copied once, also with --by link or move") {
    const test::TemporaryFolder place;
    const fs::path archive = place.write("shard.tar", "tar");
    SortedFolder folder(place / "sorted", SortBy::move, class_names);
    CHECK(folder.put(archive / "0001.jpg", as_bytes("member"), cat).value() == sorted);
    CHECK(folder.put(archive / "0001.jpg", as_bytes("member"), cat).value() == was_sorted);
    CHECK(folder.put("-", as_bytes("\xFF\xD8\xFF"), cat).value() == sorted);
    CHECK(folder.put("-", as_bytes("\xFF\xD8\xFF another"), cat).value() == sorted);
    CHECK(test::contents(place / "sorted/cat/0001.jpg") == "member");
    CHECK(test::contents(place / "sorted/cat/stdin.jpg") == "\xFF\xD8\xFF");
    CHECK(fs::exists(place / "sorted/cat/stdin-2.jpg"));
    CHECK(fs::exists(archive));
}

TEST_CASE("the target of a symbolic link is copied or linked, and symbolic links are not moved") {
    const test::TemporaryFolder place;
    const fs::path file = place.write("elsewhere/file", "picture");
    fs::create_directories(place / "photos");
    const fs::path link = place / "photos/a.jpg";
    fs::create_symlink("../elsewhere/file", link);
    CHECK(SortedFolder(place / "1", SortBy::copy, class_names).put(link, std::nullopt, cat).value() ==
          sorted);
    CHECK(SortedFolder(place / "2", SortBy::link, class_names).put(link, std::nullopt, cat).value() ==
          sorted);
    CHECK(test::contents(place / "1/cat/a.jpg") == "picture");
    CHECK(fs::equivalent(place / "2/cat/a.jpg", file));
    const auto moved = SortedFolder(place / "3", SortBy::move, class_names).put(link, std::nullopt, cat);
    REQUIRE_FALSE(moved);
    CHECK(moved.error().message == "a symbolic link is not moved: use --by copy or --by link");
    CHECK(fs::is_symlink(link));
}

TEST_CASE(
    "a missing picture is an error of that picture, and a folder that cannot be written to ends the run") {
    const test::TemporaryFolder place;
    {
        SortedFolder folder(place / "sorted", SortBy::move, class_names);
        const auto gone = folder.put(place / "gone.jpg", std::nullopt, cat);
        REQUIRE_FALSE(gone);
        CHECK(gone.error().kind == InputErrorKind::not_found);
    }
    CHECK_FALSE(fs::exists(place / "sorted"));  // nothing was sorted
    place.write("file", "");
    CHECK_THROWS_AS(SortedFolder(place / "file", SortBy::copy, class_names), OutputError);
    place.write("sorted/cat", "a file where the class folder should be");
    SortedFolder folder(place / "sorted", SortBy::copy, class_names);
    CHECK_THROWS_AS(folder.put(place.write("a.jpg", "a"), std::nullopt, cat).value(), OutputError);
}

TEST_CASE("a picture on another file system is moved by a copy, and cannot be linked") {
    const auto other = test::other_file_system();
    if (!other) {
        MESSAGE("skipped: no second file system to write to");
        return;
    }
    const test::TemporaryFolder place;
    const fs::path original = place.write("a.jpg", "picture");
    CHECK_THROWS_WITH_AS(
        SortedFolder(other->path() / "linked", SortBy::link, class_names)
            .put(original, std::nullopt, cat)
            .value(),
        (original.native() + ": it cannot be hard-linked into " + (other->path() / "linked").native() +
         ", which is on another file system: use --by copy")
            .c_str(),
        OutputError);
    {
        SortedFolder folder(other->path() / "moved", SortBy::move, class_names);
        CHECK(folder.put(original, std::nullopt, cat).value() == sorted);
        CHECK(folder.put(place.write("b/a.jpg", "second"), std::nullopt, cat).value() == sorted);
    }
    CHECK_FALSE(fs::exists(original));
    CHECK(test::contents(other->path() / "moved/cat/a.jpg") == "picture");
    CHECK(test::contents(other->path() / "moved/cat/a-2.jpg") == "second");
    CHECK(undo_sort(sort_manifests(other->path() / "moved").at(0)).problems.empty());
    CHECK(test::contents(original) == "picture");
    CHECK(test::contents(place / "b/a.jpg") == "second");
    CHECK(files_in(place / "b") == 1);
}
