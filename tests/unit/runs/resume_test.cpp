#include "runs/resume.h"

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;

namespace {

std::string row(const std::string& path) { return "{\"path\":\"" + path + "\",\"top\":[]}\n"; }

// Whether an output with these rows holds each of the inputs: "1" or "0" for each.
std::string held(const std::vector<std::string>& stored, const std::vector<std::string>& inputs,
                 bool agreed) {
    const test::TemporaryFolder folder;
    std::string text;
    for (const std::string& path : stored) text += row(path);
    ResumedRows resumed(StoredRows(folder.write("rows", text), Format::jsonl, 5), Format::jsonl);
    std::string answer;
    for (const std::string& path : inputs) answer += resumed.holds(path) ? '1' : '0';
    resumed.read_all();
    CHECK(resumed.rows() == stored.size());
    CHECK(resumed.end() == text.size());
    CHECK(resumed.agreed() == agreed);
    return answer;
}

}  // namespace

TEST_CASE("the output of an interrupted run holds its rows and no others") {
    CHECK(held({"a", "b"}, {"a", "b", "c", "d"}, true) == "1100");
    CHECK(held({}, {"a"}, true) == "0");
    CHECK(held({"a", "a"}, {"a", "a", "a"}, true) == "110");
}

TEST_CASE("where files were added or removed, no input is classified twice or left out") {
    CHECK(held({"a", "c"}, {"a", "b", "c", "d"}, false) == "1010");
    CHECK(held({"a", "b", "c"}, {"a", "c", "d"}, false) == "110");
    CHECK(held({"b", "a", "b"}, {"a", "b", "b", "b"}, false) == "1110");
    CHECK(held({"a", "b"}, {"a"}, false) == "1");
}

TEST_CASE("failed rows are counted") {
    const test::TemporaryFolder folder;
    const auto path =
        folder.write("rows", row("a") + "{\"path\":\"b\",\"error\":{\"kind\":\"io\",\"message\":\"\"}}\n");
    ResumedRows resumed(StoredRows(path, Format::jsonl, 5), Format::jsonl);
    resumed.read_all();
    CHECK(resumed.rows() == 2);
    CHECK(resumed.failed() == 1);
}
