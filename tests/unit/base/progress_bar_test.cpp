#include "base/progress_bar.h"

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

}  // namespace

TEST_CASE("a line tells how far a download is") {
    CHECK(progress_line("net.pth", {25 * mebibyte, 100 * mebibyte, 5.0 * mebibyte}, 79) ==
          "net.pth  [=====                ]   25%  25.0 of 100.0 MiB  5.0 MiB/s  0:15 left");
    CHECK(progress_line("net.pth", {100 * mebibyte, 100 * mebibyte, 0}, 60) ==
          "net.pth  [=======================]  100%  100.0 of 100.0 MiB");
}

TEST_CASE("hours are told in minutes, and more bytes than promised are no negative time") {
    CHECK(progress_line("a", {0, 7200 * mebibyte, 1.0 * mebibyte}, 60).ends_with("1.0 MiB/s  120:00 left"));
    CHECK(progress_line("a", {3 * mebibyte, 2 * mebibyte, 1.0 * mebibyte}, 60).ends_with("1.0 MiB/s"));
}

TEST_CASE("a narrow terminal loses the bar first") {
    const ByteProgress half{mebibyte, 2 * mebibyte, 1.0 * mebibyte};
    CHECK(progress_line("net.pth", half, 55) == "net.pth   50%  1.0 of 2.0 MiB  1.0 MiB/s  0:01 left");
    CHECK(progress_line("net.pth", half, 20) == "net.pth   50%  1.0 o");
    CHECK(progress_line("net.pth", half, 0).empty());
}

TEST_CASE("where the size is unknown there is neither bar nor per cent") {
    CHECK(progress_line("net.pth", {3 * mebibyte, 0, 0}, 79) == "net.pth  3.0 MiB");
}

TEST_CASE("nothing is drawn where there is no terminal") {
    const test::TemporaryFolder folder;
    const auto path = folder / "stderr";
    std::FILE* file = std::fopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    {
        ProgressBar bar(file, "net.pth");
        bar.update(1, 2);
    }
    std::fclose(file);
    CHECK(test::contents(path).empty());
}
