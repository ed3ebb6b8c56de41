#include "base/json.h"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("an object keeps the order of its members") {
    Json json{{"name", "cat"}, {"index", 281}};
    json["prob"] = 0.5;
    json["index"] = 282;
    json["tags"] = std::vector<std::string>{"a", "b"};
    CHECK(json.dump() == R"({"name":"cat","index":282,"prob":0.5,"tags":["a","b"]})");
    CHECK(Json{{"a", Json::array({1, Json::object()})}}.dump(2) == "{\n  \"a\": [\n    1,\n    {}\n  ]\n}");
}

TEST_CASE("numbers are written as short as they can be read back") {
    CHECK(Json(1.0).dump() == "1.0");
    CHECK(Json(0.1F).dump() == "0.10000000149011612");
    CHECK(Json(1e-5).dump() == "1e-05");
    CHECK(Json(1e15).dump() == "1e+15");
    CHECK(Json(-7).dump() == "-7");
    CHECK(Json(std::numeric_limits<std::uint64_t>::max()).dump() == "18446744073709551615");
    CHECK(Json(std::numeric_limits<std::int64_t>::min()).dump() == "-9223372036854775808");
    CHECK(Json(std::numeric_limits<double>::quiet_NaN()).dump() == "null");
}

TEST_CASE("what is written is read back") {
    const std::string text = R"({"null":null,"yes":true,"whole":-1,"large":18446744073709551615,"real":0.25,)"
                             R"("text":"\u00e9\n\"","list":[[],{}]})";
    const Json json = Json::parse(text);
    CHECK(json.at("text").get<std::string>() == "é\n\"");
    CHECK(json.at("yes").get<bool>());
    CHECK(json.at("large").get<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
    CHECK(json.at("list").size() == 2);
    CHECK(Json::parse(json.dump()) == json);
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD") { CHECK(Json("a\xff").dump() == "\"a\xef\xbf\xbd\""); }

TEST_CASE("of members of one name the last counts, in the place of the first") {
    CHECK(Json::parse(R"({"a":1,"b":2,"a":3,"c":4,"a":5})").dump() == R"({"a":5,"b":2,"c":4})");
}

TEST_CASE("text that is not JSON, or nested too deep, is refused") {
    for (const std::string& text : {std::string("{"), std::string("[1,]"), std::string("\"\xff\""),
                                    std::string(), std::string("1 2"), std::string(100'000, '[')}) {
        CAPTURE(text.substr(0, 10));
        CHECK_THROWS_AS(Json::parse(text), JsonError);
        CHECK(Json::parse_or_null(text).is_null());
    }
}

TEST_CASE("numbers are equal by value, and converted") {
    CHECK(Json(1) == Json(1.0));
    CHECK(Json(1U) == Json(std::int64_t{1}));
    CHECK(Json(1) != Json("1"));
    CHECK(Json(1.75).get<int>() == 1);
    CHECK(Json::parse("[1,2.5]").get<std::array<float, 2>>() == std::array{1.0F, 2.5F});
    CHECK(Json::parse("[3,4]").get<std::vector<int>>() == std::vector{3, 4});
}

TEST_CASE("a value of another type is refused") {
    const Json json{{"a", "text"}};
    CHECK_THROWS_AS(json.at("a").get<int>(), JsonError);
    CHECK_THROWS_AS(json.at("b"), JsonError);
    CHECK_THROWS_AS(json.at(std::size_t{0}), JsonError);
    CHECK_THROWS_AS(json.elements(), JsonError);
    CHECK_THROWS_AS(Json(1).get<std::string>(), JsonError);
    CHECK_THROWS_AS((Json::array({1}).get<std::array<int, 2>>()), JsonError);
    CHECK(json.find("b") == nullptr);
    CHECK(Json(1).find("a") == nullptr);
    CHECK(json.value("a", std::string("otherwise")) == "text");
    CHECK(json.value("b", 3) == 3);
}
