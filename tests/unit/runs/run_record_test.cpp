#include "runs/run_record.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

TEST_CASE("a record is read back as it was written") {
    const test::TemporaryFolder folder;
    RunRecord record;
    record.version = "1.2.3";
    record.command = {"imnet", "-o", "a \"b\".jsonl", "."};
    record.directory = "/photos";
    record.weights = "IMAGENET1K_V2";
    record.device = "cpu";
    record.cpu = "a processor";
    record.threads = 3;
    record.start = "2026-11-24T09:00:00Z";
    record.end = "2026-11-24T09:30:00Z";
    record.state = RunState::interrupted;
    record.rows = 12;
    record.failed = 1;
    record.images_per_second = 2.5;
    record.shard = "1/4";
    record.settings = {{"top", "5"}, {"format", "jsonl"}};
    const auto path = run_record_path(folder / "a.jsonl");
    CHECK(path == folder / "a.jsonl.run.json");
    write_run_record(path, record);
    const RunRecord read = read_run_record(path);
    CHECK(read.command == record.command);
    CHECK(read.start == record.start);
    CHECK(read.end == record.end);
    CHECK(read.state == record.state);
    CHECK(read.rows == 12);
    CHECK(read.failed == 1);
    CHECK(read.images_per_second == 2.5);
    CHECK(read.shard == "1/4");
    CHECK(read.threads == 3);
    CHECK(read.settings == record.settings);
    CHECK(test::contents(path).find(fingerprint(record.settings)) != std::string::npos);
}

TEST_CASE("a file that is not a record is refused with its name") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_AS(read_run_record(folder / "missing"), UsageError);
    for (const char* text : {"", "{}", "[1]", "{\"imnet\":1}"}) {
        CHECK_THROWS_AS(read_run_record(folder.write("record", text)), UsageError);
    }
}
