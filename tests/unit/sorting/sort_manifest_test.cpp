#include "sorting/sort_manifest.h"

#include <fstream>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;
namespace fs = std::filesystem;

namespace {

SortAction some_action(const fs::path& from) {
    SortAction action;
    action.by = SortBy::copy;
    action.from = from;
    action.to = "tabby/a.jpg";
    action.class_name = "tabby";
    action.top = {281, 0.62F};
    action.size = 5;
    action.mtime_ns = 1'700'000'000'123'456'789;
    action.inode = 17;
    action.sha256 = std::string(64, 'a');
    return action;
}

const std::string header = "{\"imnet_sort\":1}\n";
const std::string action_line =
    R"({"id":1,"by":"move","from":"/a.jpg","to":"tabby/a.jpg","size":1,"mtime_ns":2,"inode":3})"
    "\n";

}  // namespace

TEST_CASE("a manifest is read back as it was written") {
    const test::TemporaryFolder folder;
    SortManifest manifest(folder.path());
    const fs::path odd = "/photos/\xFF \"quoted\"\n.jpg";
    SortAction first = some_action(odd);
    SortAction second = some_action("/photos/b.jpg");
    manifest.intend(first, false);
    manifest.intend(second, true);
    manifest.done(second.id);
    const SortRecord record = read_sort_manifest(manifest.path());
    CHECK(record.damaged_lines.empty());
    REQUIRE(record.actions.size() == 2);
    CHECK(record.actions[0].from == odd);
    CHECK_FALSE(record.actions[0].done);
    CHECK(record.actions[1].done);
    CHECK(record.actions[1].to == "tabby/a.jpg");
    CHECK(record.actions[1].size == 5);
    CHECK(record.actions[1].mtime_ns == 1'700'000'000'123'456'789);
    CHECK(record.actions[1].inode == 17);
    CHECK(record.actions[1].sha256 == std::string(64, 'a'));
}

TEST_CASE("manifests that are made at the same time have different names, in order") {
    const test::TemporaryFolder folder;
    const SortManifest first(folder.path());
    const SortManifest second(folder.path());
    CHECK(sort_manifests(folder.path()).size() == 2);
    CHECK_FALSE(ManifestLock(first.path()).held());
}

TEST_CASE("a manifest that is cut at any byte is read up to there") {
    const test::TemporaryFolder folder;
    const std::string whole = header + action_line + "{\"done\":1}\n";
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        const fs::path path = folder.write("cut.jsonl", whole.substr(0, length));
        const SortRecord record = read_sort_manifest(path);
        CHECK(record.damaged_lines.empty());
        CHECK(record.actions.size() == (length >= header.size() + action_line.size() ? 1 : 0));
        if (!record.actions.empty()) CHECK(record.actions[0].done == (length == whole.size()));
    }
}

TEST_CASE("a file that is not a manifest is refused") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_AS(read_sort_manifest(folder / "missing"), UsageError);
    CHECK_THROWS_AS(read_sort_manifest(folder.write("a", "{\"path\":\"a.jpg\"}\n")), UsageError);
    CHECK_THROWS_AS(read_sort_manifest(folder.write("b", "text without an end")), UsageError);
}

TEST_CASE("a damaged line is reported by number, and the other lines are read") {
    for (const char* line : {
             "text\n",
             "[]\n",
             "{}\n",
             "{\"done\":7}\n",
             "{\"done\":\"1\"}\n",
             "\n",
             R"({"id":2,"by":"burn","from":"/a","to":"b/c","size":1,"mtime_ns":2,"inode":3})"
             "\n",
             R"({"id":2,"by":"move","from":"a","to":"b/c","size":1,"mtime_ns":2,"inode":3})"
             "\n",
             R"({"id":2,"by":"move","from":"/a","to":"../c","size":1,"mtime_ns":2,"inode":3})"
             "\n",
             R"({"id":2,"by":"move","from":"/a","to":"/b/c","size":1,"mtime_ns":2,"inode":3})"
             "\n",
             R"({"id":2,"by":"move","from":"/a","to":"c","size":1,"mtime_ns":2,"inode":3})"
             "\n",
             R"({"id":2,"by":"move","from":"/a","to":"b/c/d","size":1,"mtime_ns":2,"inode":3})"
             "\n",
             R"({"id":2,"by":"move","from":"/a","to":"b/..","size":1,"mtime_ns":2,"inode":3})"
             "\n",
             R"({"id":2,"by":"copy","from":"/a","to":"b/c","size":1,"mtime_ns":2,"inode":3})"
             "\n",
             R"({"id":2,"by":"move","from":"/a","to":"b/c","size":-1,"mtime_ns":"x","inode":3})"
             "\n",
             R"({"id":2,"by":"move","from_base64":"!!","to":"b/c","size":1,"mtime_ns":2,"inode":3})"
             "\n",
             R"({"id":1,"by":"move","from":"/a","to":"b/c","size":1,"mtime_ns":2,"inode":3})"
             "\n",
         }) {
        const test::TemporaryFolder folder;
        const SortRecord record =
            read_sort_manifest(folder.write("m", header + action_line + line + "{\"done\":1}\n"));
        CHECK_MESSAGE(record.damaged_lines == std::vector<std::size_t>{3}, line);
        CHECK(record.actions.size() == 1);
        CHECK(record.actions[0].done);
    }
}
