#include "base/kept_sha256.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "base/sha256.h"
#include "temporary_folder.h"

using namespace imnet;

TEST_CASE("a kept SHA-256 comes back, and sha256sum can check it") {
    const test::TemporaryFolder folder;
    const auto file = folder.write("net.pth", "weights");
    CHECK_FALSE(read_kept_sha256(file).has_value());
    const std::string digits = sha256(std::string_view("weights"));
    keep_sha256(file, digits);
    CHECK(read_kept_sha256(file) == digits);
    CHECK(test::contents(folder / "net.pth.sha256") == digits + "  net.pth\n");
}

TEST_CASE("a damaged SHA-256 file is refused") {
    const test::TemporaryFolder folder;
    const auto file = folder.write("net.pth", "weights");
    for (const std::string& text :
         {std::string(), std::string("12ab"), std::string(64, 'x'), std::string(64, 'A')}) {
        folder.write("net.pth.sha256", text);
        CHECK_THROWS_AS(read_kept_sha256(file), ModelError);
    }
}

TEST_CASE("a SHA-256 is 64 lower-case hexadecimal digits") {
    CHECK(is_sha256(sha256(std::string_view(""))));
    CHECK_FALSE(is_sha256("f37072fd"));
    CHECK_FALSE(is_sha256(std::string(64, 'g')));
    CHECK_FALSE(is_sha256(std::string(65, 'a')));
}
