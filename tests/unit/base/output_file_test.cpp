#include "base/output_file.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

TEST_CASE("a file has its name only once it is complete") {
    const test::TemporaryFolder folder;
    const fs::path path = folder / "rows.csv";
    {
        OutputFile out(path.native());
        out.write("half");
        out.flush();
        CHECK_FALSE(fs::exists(path));
        out.write(" and whole");
        out.commit();
    }
    CHECK(test::contents(path) == "half and whole");
    CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("what was there stays when the run fails") {
    const test::TemporaryFolder folder;
    const fs::path path = folder.write("rows.csv", "old");
    { OutputFile(path.native()).write("new"); }
    CHECK(test::contents(path) == "old");
    CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("a link to a file stays a link") {
    const test::TemporaryFolder folder;
    const fs::path target = folder.write("target", "old");
    fs::create_symlink(target, folder / "link");
    OutputFile out((folder / "link").native());
    out.write("new");
    out.commit();
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(test::contents(target) == "new");
}

TEST_CASE("output that cannot be written is an error that names the file") {
    CHECK_THROWS_WITH_AS(OutputFile("/no/such/folder/rows.csv"),
                         "/no/such/folder/rows.csv: No such file or directory", OutputError);
    OutputFile full("/dev/full");
    full.write("row");
    CHECK_THROWS_WITH_AS(full.flush(), "/dev/full: No space left on device", OutputError);
}
