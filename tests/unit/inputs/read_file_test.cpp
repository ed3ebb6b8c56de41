#include "inputs/read_file.h"

#include <csignal>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interruption.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

Input found(const std::filesystem::path& path) { return {path.native()}; }

Expected<std::vector<std::byte>> read(Input input) { return read_file(input); }

std::string failure(Input input) {
    const auto bytes = read_file(input);
    REQUIRE_FALSE(bytes.has_value());
    return std::string(name(bytes.error().kind)) + ": " + bytes.error().message;
}

}  // namespace

TEST_CASE("a whole file is read") {
    const test::TemporaryFolder folder;
    const std::string large(200'000, 'x');
    CHECK(read(found(folder.write("a", "abc")))->size() == 3);
    CHECK(read(found(folder.write("b", "")))->empty());
    CHECK(read(found(folder.write("c", large)))->size() == large.size());
}

TEST_CASE("a missing file, or one that is no regular file, is an error at once") {
    const test::TemporaryFolder folder;
    ::mkfifo((folder / "pipe.jpg").c_str(), 0600);
    std::filesystem::create_symlink("nowhere", folder / "dangling.jpg");
    CHECK(failure(found(folder / "missing.jpg")) == "not_found: No such file or directory");
    CHECK(failure(found(folder / "dangling.jpg")) == "not_found: No such file or directory");
    CHECK(failure(found(folder / "pipe.jpg")) == "io: not a file but a named pipe");
    CHECK(failure(found(folder.path())) == "io: not a file but a folder");
}

TEST_CASE("a pipe that the user names is read, and without a writer it is empty") {
    const test::TemporaryFolder folder;
    ::mkfifo((folder / "pipe").c_str(), 0600);
    const auto bytes = read({(folder / "pipe").native(), true});
    REQUIRE(bytes.has_value());
    CHECK(bytes->empty());
}

TEST_CASE("an endless device ends at the limit") {
    CHECK(failure({"/dev/zero", true}) == "limits: larger than 1 GiB");
}

TEST_CASE("bytes that come with an input are used, and its path is not opened") {
    Input member{"shard.tar/missing.jpg", false, std::nullopt, std::vector<std::byte>(3)};
    CHECK(read_file(member)->size() == 3);
}

TEST_CASE("waiting for a silent pipe ends when a signal asks the program to stop") {
    const test::TemporaryFolder folder;
    const std::filesystem::path path = folder / "pipe.jpg";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const int writer = ::open(path.c_str(), O_RDWR);
    REQUIRE(::write(writer, "half", 4) == 4);
    const GracefulStop graceful;
    std::raise(SIGTERM);
    Input pipe{path.native(), true};
    CHECK_THROWS_AS(read_file(pipe), Interrupted);
    ::close(writer);
}
