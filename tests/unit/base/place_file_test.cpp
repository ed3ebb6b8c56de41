#include "base/place_file.h"

#include <array>
#include <cerrno>

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

TEST_CASE("a rename or a link never replaces an existing file") {
    const test::TemporaryFolder folder;
    const fs::path old = folder.write("old", "mine");
    const fs::path taken = folder.write("taken", "yours");
    CHECK(rename_without_replacing(old, taken) == EEXIST);
    CHECK(link_without_replacing(old, taken) == EEXIST);
    CHECK(test::contents(taken) == "yours");
    CHECK(link_without_replacing(old, folder / "linked") == 0);
    CHECK(rename_without_replacing(old, folder / "renamed") == 0);
    CHECK_FALSE(fs::exists(old));
    CHECK(fs::equivalent(folder / "linked", folder / "renamed"));
}

TEST_CASE("a hard link to a symbolic link is made to its target") {
    const test::TemporaryFolder folder;
    const fs::path file = folder.write("file", "bytes");
    fs::create_symlink(file, folder / "symbolic");
    CHECK(link_without_replacing(folder / "symbolic", folder / "hard") == 0);
    CHECK_FALSE(fs::is_symlink(folder / "hard"));
    CHECK(fs::equivalent(folder / "hard", file));
}

TEST_CASE("a new file gets the given bytes, mode and time, and replaces no file") {
    const test::TemporaryFolder folder;
    const fs::path like = folder.write("like", "");
    ::chmod(like.c_str(), 04640);
    struct stat status {};
    ::stat(like.c_str(), &status);
    status.st_mtim = {1'000'000'000, 123'456'789};
    const std::array bytes{std::byte{'h'}, std::byte{'i'}};
    const fs::path made = folder / "made";
    CHECK(write_new_file(made, bytes, &status) == 0);
    CHECK(test::contents(made) == "hi");
    CHECK(::stat(made.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0640);
    CHECK(status.st_mtim.tv_sec == 1'000'000'000);
    CHECK(status.st_mtim.tv_nsec == 123'456'789);
    CHECK(write_new_file(made, {}, nullptr) == EEXIST);
    CHECK(test::contents(made) == "hi");
}
