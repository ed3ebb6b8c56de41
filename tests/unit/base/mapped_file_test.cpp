#include "base/mapped_file.h"

#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "temporary_folder.h"

using imnet::MappedFile;
using imnet::test::TemporaryFolder;

namespace {

std::string_view text_of(const MappedFile& file) {
    return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

}  // namespace

TEST_CASE("a mapped file can be read after it was moved and after its name was removed") {
    const TemporaryFolder folder;
    const auto path = folder / "file";
    std::ofstream(path) << "weights";
    MappedFile file(path);
    std::filesystem::remove(path);
    CHECK(text_of(file) == "weights");
    const MappedFile moved = std::move(file);
    CHECK(text_of(moved) == "weights");
}

TEST_CASE("a mapped file may be assigned to") {
    const TemporaryFolder folder;
    std::ofstream(folder / "a") << "a";
    std::ofstream(folder / "b") << "bb";
    MappedFile file(folder / "a");
    file = MappedFile(folder / "b");
    CHECK(text_of(file) == "bb");
}

TEST_CASE("an empty file maps to nothing") {
    const TemporaryFolder folder;
    std::ofstream(folder / "empty").flush();
    CHECK(MappedFile(folder / "empty").bytes().empty());
}

TEST_CASE(
    "a path that is not a readable regular file is an error with a reason, and opening it never waits") {
    const TemporaryFolder folder;
    const auto reason = [](const std::filesystem::path& path) {
        try {
            const MappedFile file(path);
        } catch (const std::system_error& error) {
            return error.code();
        }
        return std::error_code();
    };
    CHECK(reason(folder / "missing") == std::errc::no_such_file_or_directory);
    CHECK(reason(folder.path()) == std::errc::is_a_directory);
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    CHECK(reason(folder / "fifo") == std::errc::invalid_argument);
}
