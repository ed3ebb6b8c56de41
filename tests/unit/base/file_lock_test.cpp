#include "base/file_lock.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

TEST_CASE("a lock leaves no file behind") {
    const test::TemporaryFolder folder;
    {
        const FileLock lock(folder / "lock", [] { FAIL("nobody else holds it"); });
        CHECK(fs::exists(folder / "lock"));
    }
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("only one process at a time holds a lock, although each removes its file") {
    const test::TemporaryFolder folder;
    std::atomic<int> holders = 0;
    std::atomic<bool> shared = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < 200; ++round) {
                const FileLock lock(folder / "lock", [] {});
                if (holders.fetch_add(1) != 0) shared = true;
                std::this_thread::yield();
                holders.fetch_sub(1);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK_FALSE(shared);
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a process that has to wait is notified") {
    const test::TemporaryFolder folder;
    auto first = std::make_unique<FileLock>(folder / "lock", [] {});
    std::atomic<bool> told = false;
    std::thread second([&] { const FileLock lock(folder / "lock", [&] { told = true; }); });
    while (!told) std::this_thread::yield();
    first.reset();
    second.join();
    CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a lock file that cannot be made is an error that names it") {
    CHECK_THROWS_WITH_AS(FileLock("/no/such/folder/lock", [] {}),
                         "/no/such/folder/lock: cannot lock: No such file or directory", OutputError);
}
