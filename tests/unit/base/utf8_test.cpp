#include "base/utf8.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("well-formed UTF-8 of one to four bytes is recognised") {
    CHECK(is_utf8(""));
    CHECK(is_utf8("plain"));
    CHECK(is_utf8("caf\xC3\xA9"));
    CHECK(is_utf8("\xE2\x82\xAC"));
    CHECK(is_utf8("\xF0\x9F\x90\xB1"));
}

TEST_CASE("byte sequences that RFC 3629 forbids are not UTF-8") {
    CHECK_FALSE(is_utf8("\xFF"));
    CHECK_FALSE(is_utf8("\x80"));              // a continuation alone
    CHECK_FALSE(is_utf8("\xC3"));              // cut
    CHECK_FALSE(is_utf8("\xC0\xAF"));          // overlong
    CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // a surrogate
    CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // over U+10FFFF
}

TEST_CASE("each invalid byte becomes U+FFFD, and other bytes stay") {
    CHECK(replace_invalid_utf8("a\xFF"
                               "b") ==
          "a\xEF\xBF\xBD"
          "b");
    CHECK(replace_invalid_utf8("caf\xC3\xA9\xC3") == "caf\xC3\xA9\xEF\xBF\xBD");
}

TEST_CASE("a file name cannot move the cursor of a terminal") {
    CHECK(sanitise_for_terminal("a\nb\x1B[2Jc\x7F") == "a?b?[2Jc?");
    CHECK(sanitise_for_terminal("\xC2\x9B"
                                "2J") == "?2J");  // C1's control sequence introducer
    CHECK(sanitise_for_terminal("caf\xC3\xA9 \xF0\x9F\x90\xB1") == "caf\xC3\xA9 \xF0\x9F\x90\xB1");
}

TEST_CASE("text is cut between characters") {
    CHECK(whole_characters("abc", 3) == "abc");
    CHECK(whole_characters("abc", 2) == "ab");
    CHECK(whole_characters("a\xC3\xA4z", 2) == "a");
    CHECK(whole_characters("a\xC3\xA4z", 3) == "a\xC3\xA4");
    CHECK(whole_characters("\xF0\x9F\x90\x88", 3).empty());
}
