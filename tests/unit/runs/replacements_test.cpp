#include "runs/replacements.h"

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;

namespace {

std::string good(const std::string& path) { return "{\"path\":\"" + path + "\",\"top\":[]}\n"; }
std::string failed(const std::string& path) {
    return "{\"path\":\"" + path + "\",\"error\":{\"kind\":\"io\",\"message\":\"\"}}\n";
}

}  // namespace

TEST_CASE("failed rows are replaced in place, and other rows stay") {
    const test::TemporaryFolder folder;
    const auto path =
        folder.write("rows", good("a") + failed("b") + good("b") + failed("c") + failed("d") + "torn");
    Replacements replacements(path);
    replacements.add("d", failed("d"));
    replacements.add("b", "first try\n");
    replacements.add("b", good("b"));
    replacements.add("a", "not asked for\n");
    replacements.add("d", good("d"));
    replacements.apply(Format::jsonl, 5);
    CHECK(test::contents(path) == good("a") + good("b") + good("b") + failed("c") + good("d"));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("without a replacement the file is not touched") {
    const test::TemporaryFolder folder;
    const auto path = folder.write("rows", failed("a") + "torn");
    Replacements(path).apply(Format::jsonl, 5);
    CHECK(test::contents(path) == failed("a") + "torn");
}
