#include "base/named_descriptor.h"

#include <string>

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

TEST_CASE("the usual names of open files, and links to them") {
    const test::TemporaryFolder folder;
    fs::create_symlink("/dev/stdout", folder / "link");
    fs::create_symlink("link", folder / "link-to-link");
    CHECK(named_descriptor("/dev/stdin") == 0);
    CHECK(named_descriptor("/dev/stdout") == 1);
    CHECK(named_descriptor("/dev/stderr") == 2);
    CHECK(named_descriptor("/dev/fd/63") == 63);  // whether it is open or not
    CHECK(named_descriptor("/proc/self/fd/4") == 4);
    CHECK(named_descriptor(folder / "link-to-link") == 1);
}

TEST_CASE("all other paths are not open files") {
    const test::TemporaryFolder folder;
    fs::create_symlink(folder.write("file", "x"), folder / "link");
    fs::create_symlink("circle", folder / "circle");
    for (const fs::path& path :
         {folder / "file", folder / "link", folder / "gone", folder / "circle", fs::path("rows"),
          fs::path("/dev/null"), fs::path("/dev/fd"), fs::path("/dev/fd/x"), fs::path("/no/such")}) {
        CHECK_FALSE(named_descriptor(path).has_value());
    }
}
