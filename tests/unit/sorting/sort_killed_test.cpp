// A sort and its undo are killed, as by `kill -9`, before each of their system calls in turn. After each of
// these it must be possible to continue and to undo, and no picture may be lost or duplicated.
#include <cerrno>
#include <csignal>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "other_file_system.h"
#include "sorting/sort_manifest.h"
#include "sorting/sorted_folder.h"
#include "sorting/undo_sort.h"
#include "temporary_folder.h"

namespace {

long steps_left = -1;  // negative: not counting

long step(long number, auto... arguments) {
    if (steps_left >= 0 && steps_left-- == 0) ::kill(::getpid(), SIGKILL);
    return ::syscall(number, arguments...);
}

}  // namespace

// These replace the functions of the C library in the code under test.
extern "C" {
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
    return static_cast<int>(step(SYS_renameat2, from_folder, from, to_folder, to, flags));
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
    return static_cast<int>(step(SYS_linkat, from_folder, from, to_folder, to, flags));
}
int unlink(const char* path) noexcept { return static_cast<int>(step(SYS_unlinkat, AT_FDCWD, path, 0)); }
int mkdir(const char* path, mode_t mode) noexcept {
    return static_cast<int>(step(SYS_mkdirat, AT_FDCWD, path, mode));
}
int rmdir(const char* path) noexcept {
    return static_cast<int>(step(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}
int fsync(int fd) { return static_cast<int>(step(SYS_fsync, fd)); }
int fdatasync(int fd) { return static_cast<int>(step(SYS_fdatasync, fd)); }
ssize_t write(int fd, const void* bytes, size_t count) { return step(SYS_write, fd, bytes, count); }
}

using namespace imnet;
namespace fs = std::filesystem;

namespace {

const ClassNames class_names{{"cat", ""}, {"dog", ""}};

// Three pictures, two of one name.
const std::map<std::string, std::string> pictures{
    {"1/a.jpg", "first"}, {"2/a.jpg", "second"}, {"2/b.jpg", "third"}};

std::map<std::string, std::string> files_below(const fs::path& folder) {
    std::map<std::string, std::string> found;
    if (!fs::exists(folder)) return found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) found[entry.path().lexically_relative(folder)] = test::contents(entry);
    }
    return found;
}

// The files without manifests, as contents and how often each occurs.
std::map<std::string, int> contents_below(const fs::path& folder) {
    std::map<std::string, int> found;
    for (const auto& [name, content] : files_below(folder)) {
        if (name.find("imnet-manifest-") == std::string::npos) ++found[content];
    }
    return found;
}

const std::map<std::string, int> each_once{{"first", 1}, {"second", 1}, {"third", 1}};

struct Place {
    test::TemporaryFolder home;
    fs::path photos = home / "photos";
    fs::path sorted;

    explicit Place(fs::path sorted_folder) : sorted(std::move(sorted_folder)) {
        if (sorted.empty()) sorted = home / "sorted";
        fs::remove_all(sorted);
        for (const auto& [name, content] : pictures) home.write("photos/" + name, content);
    }

    // As in a run, missing files are not found.
    void sort(SortBy by) const {
        SortedFolder folder(sorted, by, class_names);
        for (const auto& [name, content] : pictures) {
            if (!fs::exists(photos / name)) continue;
            if (!folder.put(photos / name, std::nullopt, {content == "third", 0.9F})) std::abort();
        }
    }

    std::size_t undo() const {
        std::size_t problems = 0;
        const auto manifests = sort_manifests(sorted);
        for (auto manifest = manifests.rbegin(); manifest != manifests.rend(); ++manifest) {
            problems += undo_sort(*manifest).problems.size();
        }
        return problems;
    }

    void check_undone() const {
        CHECK(files_below(photos) == pictures);
        CHECK(contents_below(sorted).empty());
        for (const auto& entry : fs::directory_iterator(sorted)) CHECK(entry.path().extension() == ".undone");
    }
};

// Runs `work` in a process that dies before its `at`-th system call; false where it finished.
template <typename Work>
bool killed_at(long at, const Work& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        steps_left = at;
        work();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE((WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0));
    return WIFSIGNALED(status);
}

void kill_everywhere(SortBy by, const fs::path& sorted) {
    for (const bool go_on : {true, false}) {
        long at = 0;
        for (bool killed = true; killed; ++at) {
            const Place place(sorted);
            killed = killed_at(at, [&] { place.sort(by); });
            CAPTURE(at);
            auto somewhere = contents_below(place.photos);
            somewhere.merge(contents_below(place.sorted));
            for (const auto& [name, content] : pictures) CHECK(somewhere.contains(content));
            if (go_on) {
                place.sort(by);
                CHECK(contents_below(place.sorted) == each_once);
                CHECK(files_below(place.photos).size() == (by == SortBy::move ? 0 : 3));
            }
            CHECK(place.undo() == 0);
            if (fs::exists(place.sorted)) place.check_undone();
        }
        CHECK(at > 10);
    }
    long at = 0;
    for (bool killed = true; killed; ++at) {
        const Place place(sorted);
        place.sort(by);
        killed = killed_at(at, [&] { place.undo(); });
        CAPTURE(at);
        CHECK(place.undo() == 0);
        place.check_undone();
    }
    CHECK(at > 5);
}

}  // namespace

TEST_CASE("copying that is killed at any step can be continued and undone") {
    kill_everywhere(SortBy::copy, "");
}

TEST_CASE("linking that is killed at any step can be continued and undone") {
    kill_everywhere(SortBy::link, "");
}

TEST_CASE("moving that is killed at any step can be continued and undone") {
    kill_everywhere(SortBy::move, "");
}

TEST_CASE("moving to another file system that is killed at any step can be continued and undone") {
    const auto other = test::other_file_system();
    if (!other) {
        MESSAGE("skipped: no second file system to write to");
        return;
    }
    kill_everywhere(SortBy::move, other->path() / "sorted");
}
