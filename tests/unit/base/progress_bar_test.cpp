#include "base/progress_bar.h"

#include <algorithm>
#include <chrono>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "temporary_folder.h"

using namespace imnet;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr ProgressUnit images{"images"};

}  // namespace

TEST_CASE("a line shows how far a download is") {
    CHECK(progress_line("net.pth", {25 * mebibyte, 100 * mebibyte, 5.0 * mebibyte}, 79) ==
          "net.pth  [=====                ]   25%  25.0 of 100.0 MiB  5.0 MiB/s  0:15 left");
    CHECK(progress_line("net.pth", {100 * mebibyte, 100 * mebibyte, 0}, 60) ==
          "net.pth  [=======================]  100%  100.0 of 100.0 MiB");
}

TEST_CASE("hours are shown as minutes, and no time is left after more bytes than expected") {
    CHECK(progress_line("a", {0, 7200 * mebibyte, 1.0 * mebibyte}, 60).ends_with("1.0 MiB/s  120:00 left"));
    CHECK(progress_line("a", {3 * mebibyte, 2 * mebibyte, 1.0 * mebibyte}, 60).ends_with("1.0 MiB/s"));
}

TEST_CASE("on a narrow terminal the bar is left out first") {
    const Progress half{mebibyte, 2 * mebibyte, 1.0 * mebibyte};
    CHECK(progress_line("net.pth", half, 55) == "net.pth   50%  1.0 of 2.0 MiB  1.0 MiB/s  0:01 left");
    CHECK(progress_line("net.pth", half, 20) == "net.pth   50%  1.0 o");
    CHECK(progress_line("net.pth", half, 0).empty());
}

TEST_CASE("without a known size there is neither a bar nor a percentage") {
    CHECK(progress_line("net.pth", {3 * mebibyte, 0, 0}, 79) == "net.pth  3.0 MiB");
}

TEST_CASE("nothing is drawn without a terminal") {
    const test::TemporaryFolder folder;
    const auto path = folder / "stderr";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    REQUIRE(file >= 0);
    {
        ProgressBar bar(file, "net.pth");
        bar.update(1, 2);
    }
    ::close(file);
    CHECK(test::contents(path).empty());
}

TEST_CASE("the caller's unit is counted without decimals, and failures are shown") {
    CHECK(progress_line("rows.csv", {250, 1000, 25, 3}, 100, images) ==
          "rows.csv  [======                    ]   25%  250 of 1000 images  25.0 images/s  0:30 left  3 "
          "failed");
    CHECK(progress_line("rows.csv", {250, 0, 25}, 100, images) == "rows.csv  250 images  25.0 images/s");
}

TEST_CASE("without a terminal it writes lines if they are wanted, the last one at the end") {
    const test::TemporaryFolder folder;
    const auto path = folder / "stderr";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    REQUIRE(file >= 0);
    {
        ProgressBar bar(file, "rows", {images, std::chrono::hours(1), true});
        bar.update(1, 4);
        bar.update(4, 4, 1);
        bar.finish();
    }
    ::close(file);
    const std::string text = test::contents(path);
    CHECK(text.starts_with("rows  ["));
    CHECK(text.find("100%  4 of 4 images") != std::string::npos);
    CHECK(text.ends_with("1 failed\n"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}
