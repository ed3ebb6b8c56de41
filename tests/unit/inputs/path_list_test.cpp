#include "inputs/path_list.h"

#include <csignal>
#include <string>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/interruption.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

using Paths = std::vector<std::string>;

Paths read(std::string_view text, bool null = false) {
    const test::TemporaryFolder folder;
    PathList list(folder.write("list", text).native(), null);
    Paths paths;
    while (auto path = list.next()) paths.push_back(*path);
    CHECK_FALSE(list.next().has_value());
    return paths;
}

}  // namespace

TEST_CASE("a path a line, empty lines skipped, the last with or without a newline") {
    CHECK(read("").empty());
    CHECK(read("\n\n").empty());
    CHECK(read("a.jpg\n\n b \nc") == Paths{"a.jpg", " b ", "c"});
    CHECK(read("a.jpg\nb\n") == Paths{"a.jpg", "b"});
}

TEST_CASE("carriage returns before the newline and a byte order mark are dropped, once") {
    CHECK(read("\xEF\xBB\xBF"
               "a\r\nb\r\r\n\r\n\xEF\xBB\xBF"
               "c\rd") == Paths{"a", "b\r",
                                "\xEF\xBB\xBF"
                                "c\rd"});
}

TEST_CASE("a path that ends in a NUL byte is taken exactly") {
    using namespace std::literals;
    CHECK(read("\xEF\xBB\xBF"
               "a\r\nb\r\0\0c"sv,
               true) == Paths{"\xEF\xBB\xBF"
                              "a\r\nb\r",
                              "c"});
    CHECK(read("a\0b\n"sv) == Paths{"a\0b"s});  // not what was meant; the walk says so
}

TEST_CASE("paths that cross the end of the buffer are complete, and an endless one is cut") {
    const std::string name(1000, 'n');
    std::string text;
    for (int i = 0; i < 500; ++i) text += name + std::to_string(i) + '\n';
    const Paths paths = read(text);
    REQUIRE(paths.size() == 500);
    CHECK(paths[321] == name + "321");
    const Paths cut = read(std::string(1'000'000, 'x') + "\nnext\n");
    REQUIRE(cut.size() == 2);
    CHECK(cut[0].size() == PathList::longest);
    CHECK(cut[1] == "next");
}

TEST_CASE("a list that cannot be opened ends the run") {
    CHECK_THROWS_AS(PathList("/nowhere/list", false), UsageError);
    CHECK_THROWS_AS(PathList("/", false), UsageError);
}

TEST_CASE("a list in a pipe gives the paths that are complete, and waits only where that is asked for") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto send = [&](std::string_view text) {
        REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    };
    PathList list("/dev/fd/" + std::to_string(ends[0]), false);
    ::close(ends[0]);
    CHECK(list.may_wait());
    CHECK_FALSE(list.next(Wait::no).has_value());
    send("a.jpg\n\nb.j");
    CHECK(list.next(Wait::no) == "a.jpg");
    CHECK_FALSE(list.next(Wait::no).has_value());
    CHECK_FALSE(list.ended());
    send("pg\nc.jpg");
    CHECK(list.next(Wait::yes) == "b.jpg");
    CHECK_FALSE(list.next(Wait::no).has_value());
    ::close(ends[1]);
    CHECK(list.next(Wait::no) == "c.jpg");
    CHECK(list.ended());
    CHECK_FALSE(list.next(Wait::yes).has_value());
}

TEST_CASE("a signal ends the wait for a path") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    PathList list("/dev/fd/" + std::to_string(ends[0]), false);
    const GracefulStop graceful;
    std::raise(SIGTERM);
    CHECK_FALSE(list.next(Wait::no).has_value());
    CHECK_THROWS_AS(list.next(Wait::yes), Interrupted);
    for (const int end : ends) ::close(end);
}

TEST_CASE("a list in UTF-16 is refused by its first characters") {
    using namespace std::literals;
    for (const auto text : {"\xFF\xFE"
                            "a\0\n\0"sv,
                            "\xFE\xFF\0a\0\n"sv, "a\0.\0p\0"sv, "\0a\0.\0p"sv}) {
        CHECK_THROWS_AS(read(text), UsageError);
    }
    CHECK(read("a.\0b.\0"sv) == Paths{"a.\0b.\0"s});
    CHECK(read("a\0.\0"sv, true) == Paths{"a", "."});
}
