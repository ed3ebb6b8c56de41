#include "models/loading/read_class_names.h"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;
using doctest::Contains;

TEST_CASE("a file of class names has one name a line") {
    const test::TemporaryFolder folder;
    const ClassNames class_names =
        read_class_names(folder.write("names", "\xEF\xBB\xBFrose\r\ncaf\xC3\xA9"), 2);
    CHECK(class_names[0].name == "rose");
    CHECK(class_names[1].name == "caf\xC3\xA9");
    CHECK(class_names[1].wnid.empty());
}

TEST_CASE("a file of class names that does not fit the model is refused") {
    const test::TemporaryFolder folder;
    const auto message = [&](std::string_view text) {
        const auto path = folder.write("names", text);
        try {
            read_class_names(path, 2);
        } catch (const ModelError& error) {
            return std::string(error.what()).substr(path.native().size());
        }
        return std::string("accepted");
    };
    CHECK(message("a\nb\n") == "accepted");
    CHECK(message("a\n") == ": 1 class names for a model with 2 outputs");
    CHECK(message("a\nb\nc\n") == ": 3 class names for a model with 2 outputs");
    CHECK(message("a\nb\n\n") == "accepted");
    CHECK(message("a\n\nb\n") == ": line 2 is empty: one class name a line, in index order");
    CHECK(message("a\n\xFF\n") == ": line 2 is not UTF-8");
    CHECK_THROWS_AS(read_class_names("/no/such/file", 2), ModelError);
}

TEST_CASE("class names with their indices, in lines, CSV and JSON") {
    const test::TemporaryFolder folder;
    const ClassNames expected{{"tench", ""}, {"goldfish, Carassius", ""}};
    for (const char* text :
         {"0 tench\n1 goldfish, Carassius\n", "1,goldfish, Carassius\n0,tench\n",
          "0: tench\n1: goldfish, Carassius", "0;tench\n1;goldfish, Carassius\n",
          "0\ttench\n1\tgoldfish, Carassius\n", "tench,0\ngoldfish, Carassius,1\n",
          "tench: 0\ngoldfish, Carassius: 1\n", "tench\t0\r\ngoldfish, Carassius\t1\r\n",
          R"(["tench", "goldfish, Carassius"])", R"({"0": "tench", "1": "goldfish, Carassius"})",
          R"({"goldfish, Carassius": 1, "tench": 0})", "  tench \n goldfish, Carassius\n\n"}) {
        CAPTURE(text);
        CHECK(read_class_names(folder.write("names", text), 2) == expected);
    }
}

TEST_CASE("class names with their wnids") {
    const test::TemporaryFolder folder;
    const ClassNames expected{{"tench", "n01440764"}, {"goldfish", "n01443537"}};
    for (const char* text :
         {"n01440764 tench\nn01443537 goldfish\n", "n01440764: tench\nn01443537: goldfish\n",
          R"({"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]})",
          R"([["n01440764", "tench"], ["n01443537", "goldfish"]])",
          "index,wnid,name\n1,n01443537,goldfish\n0,n01440764,tench\n"}) {
        CAPTURE(text);
        CHECK(read_class_names(folder.write("names", text), 2) == expected);
    }
    CHECK(read_class_names(folder.write("names", "id,label\n0,cat\n1,dog\n"), 2)[1].name == "dog");
}

TEST_CASE("the first line of another form is quoted") {
    const test::TemporaryFolder folder;
    const auto message = [&](std::string_view text) -> doctest::String {
        try {
            read_class_names(folder.write("names", text), 2);
        } catch (const ModelError& error) {
            return error.what();
        }
        return "accepted";
    };
    CHECK(message("0 cat\ndog\n1 cow\n") ==
          Contains(": line 2 is 'dog', not of the form '0 tench': give one class name "
                   "a line"));
    CHECK(message("cat\n1 dog\ncow\n") == Contains("line 2 is '1 dog', not of the form 'tench'"));
    CHECK(message("cat\ndog,1\ncow\n") == Contains("line 2 is 'dog,1'"));
    CHECK(message("cat\ndog;\n") == Contains("line 2 is 'dog;'"));
    CHECK(message("\"cat\",\n\"dog\"\n") == Contains("line 1 is '\"cat\",'"));
    CHECK(message("{\"0\": \"cat\",\n") == Contains("line 1 is '{\"0\": \"cat\",'"));
    CHECK(message("{0: 'cat',\n 1: 'dog'}") == Contains("line 1 is '{0: 'cat','"));
    CHECK(message("1 cat\n2 dog\n") ==
          Contains("the number 2 of 'dog' is not an index: the classes need the numbers 0 "
                   "to 1, each once"));
    CHECK(message("0 cat\n0 dog\n") == Contains("the number 0 of 'dog'"));
    CHECK(message(R"({"0": {"name": "cat"}})") == Contains(R"(its JSON holds "0": {"name":"cat"})"));
    CHECK(message("cat;feline\ndog\n") == Contains("line 1 is 'cat;feline'"));
    CHECK(message(R"(["cat", ""])") == Contains("its JSON holds \"\", which is not a class name"));
    CHECK(message(R"(["cat", "d\nog"])") == Contains("which is not a class name"));
    CHECK(message("[1, 2]") == Contains("its JSON holds 1, which is not a class name"));
    for (const std::string_view utf16 : {std::string_view("\xFF\xFE"
                                                          "c\0",
                                                          4),
                                         std::string_view("\xFE\xFF\0c", 4), std::string_view("c\0a\0", 4)})
        CHECK(message(utf16) == Contains("this is UTF-16, not UTF-8: save the class names as UTF-8"));
}
