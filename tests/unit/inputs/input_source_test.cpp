#include "inputs/input_source.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "build_tar.h"
#include "temporary_folder.h"

using namespace imnet;
using namespace imnet::test;

namespace {

using Paths = std::vector<std::string>;

Paths read(const TemporaryFolder& folder, Paths paths, SourceOptions options = {}) {
    for (std::string& path : paths) path = (folder / path).native();
    if (options.list) options.list = (folder / *options.list).native();
    InputSource source(paths, options);
    Paths found;
    while (auto input = source.next()) {
        found.push_back((input->error ? "!" : "") + input->path.substr(folder.path().native().size() + 1));
    }
    CHECK_FALSE(source.next().has_value());
    return found;
}

bool build_reads_archives(const TemporaryFolder& folder) {
    return open_archive({(folder / "s.tar").native(), true}, {}).has_value();
}

// A folder, an archive and a list that names both.
void fill(const TemporaryFolder& folder) {
    for (const char* name : {"a.png", "b.png", "f/1.png", "f/2.png", "f/notes.txt"}) folder.write(name, "");
    std::string tar;
    for (int i = 0; i < 9; ++i) tar += tar_member(std::to_string(i) + ".jpg", "x");
    folder.write("s.tar", tar + tar_end());
    folder.write("list", (folder / "f").native() + "\n" + (folder / "gone").native() + "\n");
}

}  // namespace

TEST_CASE("paths and a list keep the order in which they were typed") {
    const TemporaryFolder folder;
    fill(folder);
    const Paths list{"f/1.png", "f/2.png", "gone"};
    SourceOptions options;
    options.list = "list";
    CHECK(read(folder, {"a.png", "b.png"}, options) == Paths{"f/1.png", "f/2.png", "gone", "a.png", "b.png"});
    options.paths_before_list = 1;
    CHECK(read(folder, {"a.png", "b.png"}, options) == Paths{"a.png", "f/1.png", "f/2.png", "gone", "b.png"});
    options.paths_before_list = 2;
    CHECK(read(folder, {"a.png", "b.png"}, options) == Paths{"a.png", "b.png", "f/1.png", "f/2.png", "gone"});
    CHECK(read(folder, {}, options) == list);
}

TEST_CASE("an archive is replaced by its members, both as an argument and in a folder") {
    const TemporaryFolder folder;
    fill(folder);
    if (!build_reads_archives(folder)) return;
    const Paths named = read(folder, {"b.png", "s.tar", "a.png"});
    REQUIRE(named.size() == 11);
    CHECK(named[0] == "b.png");
    CHECK(named[1] == "s.tar/0.jpg");
    CHECK(named[10] == "a.png");
    CHECK(read(folder, {"."}).size() == 2 + 2 + 9);
    SourceOptions flat;
    flat.find.recursive = false;
    CHECK(read(folder, {"."}, flat) == Paths{"./a.png", "./b.png"});
    SourceOptions off;
    off.find.archives = false;
    CHECK(read(folder, {"s.tar"}, off) == Paths{"s.tar"});
}

TEST_CASE("an archive without images is reported, but not if its images belong to another shard") {
    const TemporaryFolder folder;
    folder.write("s.tar", tar_member("a.txt", "") + tar_end());
    if (!build_reads_archives(folder)) return;
    const std::string path = (folder / "s.tar").native();
    InputSource source({path});
    CHECK_FALSE(source.next().has_value());
    CHECK(source.empty_archives() == Paths{path});
    SourceOptions part;
    part.shard = {1, 2};
    InputSource sharded({path}, part);
    CHECK_FALSE(sharded.next().has_value());
    CHECK(sharded.empty_archives().empty());
}

TEST_CASE("the shards of all inputs are a partition of them, in the same order") {
    const TemporaryFolder folder;
    fill(folder);
    folder.write("broken.tar", tar_member("0.jpg", "x") + tar_header("1.jpg", 100));
    const Paths inputs{".", "gone.jpg", "gone.tar", "broken.tar", "f"};
    const Paths whole = read(folder, inputs);
    for (const std::uint32_t count : {2U, 3U, 10U}) {
        Paths together;
        for (std::uint32_t index = 1; index <= count; ++index) {
            SourceOptions options;
            options.shard = {index, count};
            const Paths part = read(folder, inputs, options);
            Paths expected;
            for (const std::string& path : whole) {
                const bool failed = path.starts_with('!');
                const std::string given = (folder / path.substr(failed ? 1 : 0)).native();
                if (options.shard.holds(given)) expected.push_back(path);
            }
            CHECK(part == expected);
            together.insert(together.end(), part.begin(), part.end());
        }
        CHECK(together.size() == whole.size());
    }
}

TEST_CASE("a NUL byte in a line of a list is an error, not another file") {
    const TemporaryFolder folder;
    fill(folder);
    folder.write("list", (folder / "a.png").native() + '\0' + "b.png");
    SourceOptions options;
    options.list = "list";
    CHECK(read(folder, {}, options) == Paths{"!a.png"});
}
