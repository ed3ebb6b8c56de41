#include "inputs/count_inputs.h"

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;

TEST_CASE("inputs are counted where that takes no reading") {
    const test::TemporaryFolder folder;
    for (const char* name : {"a.png", "f/1.png", "f/2.png", "f/notes.txt"}) folder.write(name, "");
    const std::vector<std::string> paths{folder.path().native()};
    CHECK(count_inputs(paths, {}, {}) == 3);
    SourceOptions from_standard_input;
    from_standard_input.list = "-";
    CHECK(count_inputs(paths, from_standard_input, {}) == 0);
    SourceOptions tar;
    tar.tar_on_stdin = true;
    CHECK(count_inputs({"-"}, tar, {}) == 0);
    std::stop_source stop;
    stop.request_stop();
    CHECK(count_inputs(paths, {}, stop.get_token()) == 0);
    const auto archive = folder.write("more.tar", "");  // which would have to be read
    CHECK(count_inputs({archive.native()}, {}, {}) == 0);
}
