#include "inputs/left_by_tools.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("what tools leave beside pictures is known by its name, in any case of letters") {
    CHECK(left_by_tools("._cat.jpg") == "._*");
    CHECK(left_by_tools("__MACOSX") == "__MACOSX");
    CHECK(left_by_tools("thumbs.DB") == "Thumbs.db");
    CHECK(left_by_tools(".ipynb_checkpoints") == ".ipynb_checkpoints");
    for (const char* name : {"cat.jpg", "", ".hidden.jpg", "trash", "macosx", "Thumbs.db.jpg", "_._a"}) {
        CHECK(left_by_tools(name).empty());
    }
}

TEST_CASE("in an archive any part of the path counts") {
    CHECK(part_left_by_tools("__MACOSX/photos/._a.jpg") == "__MACOSX");
    CHECK(part_left_by_tools("photos/@eaDir/a.jpg") == "@eaDir");
    CHECK(part_left_by_tools("photos/deep/._a.jpg") == "._*");
    CHECK(part_left_by_tools("photos/a.jpg").empty());
    CHECK(part_left_by_tools("").empty());
}

TEST_CASE("what was passed over is told once") {
    note_passed_over("@eaDir");
    note_passed_over("._*");
    note_passed_over("@eaDir");
    CHECK(passed_over() == std::vector<std::string>{"._*", "@eaDir"});
}
