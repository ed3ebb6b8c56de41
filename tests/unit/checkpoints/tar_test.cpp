#include "checkpoints/tar.h"

#include <string>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "build_pickle.h"
#include "build_tar.h"
#include "refusal_of.h"

using namespace imnet;
using namespace imnet::build;
using doctest::Contains;

namespace {

doctest::String refusal(const std::string& file) {
    return refusal_of([&] { read_tar(as_bytes(file)); });
}

}  // namespace

TEST_CASE("members are viewed by name, with PAX headers of times between them") {
    const std::string file = tar_member("PaxHeaders/a", "20 mtime=1480000000.5\n", 'x') +
                             tar_member("a", "first") + tar_member("b", std::string(512, 'b')) + tar_end();
    CHECK(is_tar(as_bytes(file)));
    const auto members = read_tar(as_bytes(file));
    CHECK(members.size() == 2);
    CHECK(as_text(members.at("a")) == "first");
    CHECK(members.at("b").size() == 512);
}

TEST_CASE("links, devices, changed paths, repeated names and damage are refused") {
    CHECK(refusal(tar_member("a", "", '2') + tar_end()) == Contains("'a' is a link or device"));
    CHECK(refusal(tar_member("a", "", '3') + tar_end()) == Contains("'a' is a link or device"));
    CHECK(refusal(tar_member("h", "12 path=../x\n", 'x') + tar_member("a", "") + tar_end()) ==
          Contains("changes a path"));
    CHECK(refusal(tar_member("h", "9 size=9\n", 'x') + tar_member("a", "") + tar_end()) ==
          Contains("changes a path"));
    CHECK(refusal(tar_member("a", "") + tar_member("a", "") + tar_end()) == Contains("in the archive twice"));
    std::string damaged = tar_member("a", "") + tar_end();
    damaged[0] = 'b';
    CHECK(refusal(damaged) == Contains("is damaged"));
    CHECK_FALSE(is_tar(as_bytes(damaged)));
}

TEST_CASE("sizes that lie or leave the file are refused") {
    CHECK(refusal(tar_member("a", "x", '0', "77777777777") + tar_end()) == Contains("is cut"));
    CHECK(refusal(tar_member("a", "x", '0', "-1") + tar_end()) == Contains("has no size"));
    CHECK(refusal(tar_member("a", "x", '0', "\x80") + tar_end()) == Contains("has no size"));
    CHECK(refusal(tar_member("a", "x")) == Contains("is cut"));
    CHECK(refusal("") == Contains("is cut"));
}
