#include "base/output_file.h"

#include <csignal>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

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

TEST_CASE("the old file stays when the run fails") {
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

TEST_CASE("a file that is written in place keeps its content and gets what is flushed") {
    const test::TemporaryFolder folder;
    const fs::path path = folder.write("rows.jsonl", "first\ntorn");
    OutputFile out = OutputFile::in_place(path.native());
    CHECK(test::contents(path) == "first\ntorn");
    out.cut_to(6);
    out.write("second\n");
    CHECK(out.pending() == 7);
    CHECK(test::contents(path) == "first\n");
    out.flush();
    CHECK(test::contents(path) == "first\nsecond\n");
    CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("where the disk is full, the file holds only whole lines") {
    const test::TemporaryFolder folder;
    const fs::path path = folder / "rows.jsonl";
    struct rlimit before {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit ten_bytes { 10, before.rlim_max };
    {
        OutputFile out = OutputFile::in_place(path.native());
        ::setrlimit(RLIMIT_FSIZE, &ten_bytes);
        out.write("1234\n6789\n");
        out.flush();
        ::setrlimit(RLIMIT_FSIZE, &before);
        out.cut_to(0);
        ::setrlimit(RLIMIT_FSIZE, &ten_bytes);
        out.write("1234\n678\n0123\n");
        CHECK_THROWS_AS(out.flush(), OutputError);
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK(test::contents(path) == "1234\n678\n");
}

TEST_CASE("an open file is written in place, behind what it holds") {
    const test::TemporaryFolder folder;
    const fs::path path = folder.write("rows.csv", "first\n");
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND);
    const std::string name = "/dev/fd/" + std::to_string(fd);
    CHECK_FALSE(is_file_to_write(name));
    {
        OutputFile out(name);
        out.write("second\n");
        out.commit();
    }
    CHECK(::close(fd) == 0);  // the object closes only its own copy
    CHECK(test::contents(path) == "first\nsecond\n");
    CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
}
