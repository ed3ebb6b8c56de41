#include "inputs/folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inputs/find.h"
#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

// The names that are left, a folder with a slash behind it and an archive with two.
Names rest(Folder& folder) {
    Names names;
    for (auto entry = folder.next(); entry && *entry; entry = folder.next()) {
        const auto kind = (*entry)->kind;
        names.push_back((*entry)->name + (kind == FolderEntry::Kind::folder    ? "/"
                                          : kind == FolderEntry::Kind::archive ? "//"
                                                                               : ""));
    }
    return names;
}

Names list(const test::TemporaryFolder& folder, const FindOptions& options) {
    auto opened = Folder::open(folder.path().native(), options);
    REQUIRE(opened.has_value());
    return rest(*opened);
}

void remove(const test::TemporaryFolder& folder, std::string_view name) { fs::remove_all(folder / name); }

long peak_kibibytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
    }
    return -1;
}

// How far this process grows while it walks the folder, in KiB. A child measures it, whose peak is its own.
long growth_of_walk(const std::string& path, std::size_t page, std::size_t expected) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::malloc_trim(0);  // memory that earlier tests gave back must not hide the growth,
        std::ofstream("/proc/self/clear_refs") << 5;  // and neither must their peak
        std::ofstream("/proc/self/clear_refs") << 5;  // the peak is now what is in use
        const long before = peak_kibibytes();
        std::size_t count = 0;
        std::string last;
        ImageFinder finder({path}, {.page = page});
        bool sorted = true;
        while (auto input = finder.next()) {
            sorted = sorted && last < input->path;
            last = input->path;
            ++count;
        }
        const long grown = sorted && count == expected ? peak_kibibytes() - before : -1;
        const bool told = ::write(ends[1], &grown, sizeof grown) == sizeof grown;
        ::_exit(told ? 0 : 1);
    }
    long grown = -1;
    CHECK(::read(ends[0], &grown, sizeof grown) == sizeof grown);
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    return grown;
}

}  // namespace

TEST_CASE("a page of any size gives the same entries in the same order") {
    const test::TemporaryFolder folder;
    for (const char* name : {"a.jpg", "a/z.png", "a-b.JPEG", "a.jpg.png", "b.tar", "b.tar.jpg", "b-.jpg",
                             "B.webp", "c.ZIP", "notes.txt", "zz/x"})
        folder.write(name, "");
    const Names all{"B.webp", "a-b.JPEG",  "a.jpg",   "a.jpg.png", "a/",
                    "b-.jpg", "b.tar.jpg", "b.tar//", "c.ZIP//",   "zz/"};
    for (const std::size_t page : {1, 2, 3, 9, 10, 11, 100}) {
        CAPTURE(page);
        CHECK(list(folder, {.archives = true, .page = page}) == all);
    }
    CHECK(list(folder, {.recursive = false, .archives = true, .page = 2}) ==
          Names{"B.webp", "a-b.JPEG", "a.jpg", "a.jpg.png", "b-.jpg", "b.tar.jpg"});
    CHECK(list(folder, {.recursive = false, .all_names = true, .page = 4}) ==
          Names{"B.webp", "a-b.JPEG", "a.jpg", "a.jpg.png", "b-.jpg", "b.tar", "b.tar.jpg", "c.ZIP",
                "notes.txt"});
}

TEST_CASE("entries that are added or removed between two pages are returned at most once and in order") {
    const test::TemporaryFolder folder;
    for (char name = 'b'; name <= 'i'; ++name) folder.write(std::string(1, name) + ".png", "");
    auto opened = Folder::open(folder.path().native(), {.page = 3});
    REQUIRE(opened.has_value());
    for (const std::string expected : {"b.png", "c.png"}) CHECK(opened->next()->value().name == expected);
    folder.write("a.png", "");   // before what was given: too late
    folder.write("bb.png", "");  // the same
    folder.write("dd.png", "");  // behind the page: in time
    remove(folder, "c.png");     // given already
    remove(folder, "d.png");     // in the page: given, and reading it will say that it is gone
    remove(folder, "f.png");     // behind the page: not given
    CHECK(rest(*opened) == Names{"d.png", "dd.png", "e.png", "g.png", "h.png", "i.png"});
}

TEST_CASE("a folder that is removed during the walk ends") {
    const test::TemporaryFolder folder;
    for (const char* name : {"x/a.png", "x/b.png", "x/c.png"}) folder.write(name, "");
    auto opened = Folder::open((folder / "x").native(), {.page = 2});
    remove(folder, "x");
    CHECK(rest(*opened) == Names{"a.png", "b.png"});
}

TEST_CASE("the memory of a walk does not grow with the folder") {
    if (IMNET_SANITIZED) {
        MESSAGE("skipped: a sanitizer keeps what was freed");
        return;
    }
    constexpr std::size_t files = 200'000;
    const fs::path memory = "/dev/shm";  // a disk would take its time
    std::string pattern =
        ((fs::exists(memory) ? memory : fs::temp_directory_path()) / "imnet-XXXXXX").native();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    for (std::size_t i = 0; i < files; ++i) std::ofstream(pattern + "/picture-" + std::to_string(i) + ".jpg");
    const long paged = growth_of_walk(pattern, 10'000, files);
    const long whole = growth_of_walk(pattern, files, files);
    fs::remove_all(pattern);
    MESSAGE("KiB for 200,000 names, in pages and at once: " << paged << " " << whole);
    CHECK(paged >= 0);
    CHECK(paged < 4'000);
    CHECK(whole > 10'000);  // so the measure can tell
}

TEST_CASE("the endings of images and archives are recognised") {
    CHECK(has_image_ending("a.JPG"));
    for (const char* name : {"a.heic", "a.tif", "a.dib", "a.psd", "a.SVG"}) CHECK(has_image_ending(name));
    CHECK_FALSE(has_image_ending(".jpg"));
    CHECK_FALSE(has_image_ending("a.jpg.txt"));
    for (const char* name : {"a.tar", "a.TAR.GZ", "a.tgz", "a.tar.bz2", "a.tbz2", "a.tar.xz", "a.txz",
                             "a.tar.zst", "a.tzst", "a.zip"})
        CHECK(has_archive_ending(name));
    for (const char* name : {".tar", "a.gz", "a.zst", "a.xz", "tar", "a.zip.jpg"})
        CHECK_FALSE(has_archive_ending(name));
}
