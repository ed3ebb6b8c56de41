#include "inputs/find.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

namespace {

// Paths below the folder, with "!" before one that carries an error.
std::vector<std::string> find(const test::TemporaryFolder& folder, std::vector<std::string> paths,
                              FindOptions options = {}) {
    for (std::string& path : paths) path = (folder / path).native();
    ImageFinder finder(paths, options);
    std::vector<std::string> found;
    while (auto input = finder.next()) {
        const std::string below =
            fs::path(input->path).lexically_normal().lexically_relative(folder.path()).native();
        found.push_back((input->error ? "!" : "") + below);
    }
    return found;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("a folder is searched recursively, in the order of the whole paths' bytes") {
    const test::TemporaryFolder folder;
    for (const char* name : {"a.jpg", "a/z.png", "a-b.JPEG", "B.webp", "a/b/c.gif", "notes.txt", ".jpg"})
        folder.write(name, "");
    CHECK(find(folder, {"."}) == Paths{"B.webp", "a-b.JPEG", "a.jpg", "a/b/c.gif", "a/z.png"});
    CHECK(find(folder, {"."}, {.recursive = false}) == Paths{"B.webp", "a-b.JPEG", "a.jpg"});
    CHECK(find(folder, {"a"}, {.all_names = true}) == Paths{"a/b/c.gif", "a/z.png"});
    CHECK(find(folder, {"."}, {.recursive = false, .all_names = true}) ==
          Paths{".jpg", "B.webp", "a-b.JPEG", "a.jpg", "notes.txt"});
}

TEST_CASE("files that the user gives are taken as they are, in their order, twice if given twice") {
    const test::TemporaryFolder folder;
    folder.write("notes.txt", "");
    CHECK(find(folder, {"notes.txt", "missing.jpg", "notes.txt"}) ==
          Paths{"notes.txt", "missing.jpg", "notes.txt"});
}

TEST_CASE("links to files are files, even dangling ones; links to folders are entered only on request") {
    const test::TemporaryFolder folder;
    folder.write("real/a.jpg", "");
    fs::create_directory(folder / "walk");
    fs::create_symlink(folder / "real/a.jpg", folder / "walk/link.jpg");
    fs::create_symlink("nowhere", folder / "walk/dangling.jpg");
    fs::create_directory_symlink(folder / "real", folder / "walk/folder.jpg");
    CHECK(find(folder, {"walk"}) == Paths{"walk/dangling.jpg", "walk/link.jpg"});
    CHECK(find(folder, {"walk"}, {.follow = true}) ==
          Paths{"walk/dangling.jpg", "walk/folder.jpg/a.jpg", "walk/link.jpg"});
}

TEST_CASE("a cycle of links is walked once") {
    const test::TemporaryFolder folder;
    folder.write("walk/a.jpg", "");
    fs::create_directory_symlink("..", folder / "walk/up");
    CHECK(find(folder, {"walk"}, {.follow = true}) == Paths{"walk/a.jpg"});
}

TEST_CASE("a folder that cannot be listed is an input with its error") {
    const test::TemporaryFolder folder;
    folder.write("walk/closed/a.jpg", "");
    fs::permissions(folder / "walk/closed", fs::perms::none);
    const bool root = ::geteuid() == 0;  // root may list everything
    CHECK(find(folder, {"walk"}) == (root ? Paths{"walk/closed/a.jpg"} : Paths{"!walk/closed"}));
    fs::permissions(folder / "walk/closed", fs::perms::owner_all);
}

TEST_CASE("a folder without images is reported") {
    const test::TemporaryFolder folder;
    folder.write("empty/notes.txt", "");
    folder.write("full/a.jpg", "");
    ImageFinder finder({(folder / "empty").native(), (folder / "full").native()}, {});
    while (finder.next()) {
    }
    CHECK(finder.empty_folders() == Paths{(folder / "empty").native()});
}
