#include "sorting/sorted_names.h"

#include <set>

#include <doctest/doctest.h>

using namespace imnet;

namespace {

std::vector<std::string> folders(const std::vector<std::string>& class_names) {
    ClassNames all;
    for (const std::string& class_name : class_names) all.push_back({class_name, ""});
    return folder_names(all);
}

}  // namespace

TEST_CASE("a folder's name is the class name, made safe for a file system") {
    CHECK(folders({"tabby", "jack-o'-lantern", "Krähe", "猫"}) ==
          std::vector<std::string>{"tabby", "jack-o'-lantern", "Krähe", "猫"});
    CHECK(folders({"a/b", ".", "..", ".hidden", "", "tab\there", std::string("nul\0!", 5), "c1\xC2\x9B!"}) ==
          std::vector<std::string>{"a_b", "_ (1)", "_.", "_hidden", "_ (4)", "tab_here", "nul_!", "c1_!"});
    CHECK(folders({"not utf-8 \xFF"}) == std::vector<std::string>{"not utf-8 \xEF\xBF\xBD"});
}

TEST_CASE("a long class name is cut between characters") {
    std::string class_name;
    for (int i = 0; i < 200; ++i) class_name += "ä";
    const std::string name = folders({class_name})[0];
    CHECK(name.size() == 200);
    CHECK(class_name.starts_with(name));
}

TEST_CASE("classes with the same name get different folders") {
    CHECK(folders({"crane", "dog", "crane"}) == std::vector<std::string>{"crane (0)", "dog", "crane (2)"});
    CHECK(folders({"a/b", "a_b"}) == std::vector<std::string>{"a_b (0)", "a_b (1)"});
    const auto tricky = folders({"a", "a", "a (1)", "a (0)", "a (1) (1)"});
    CHECK(std::set<std::string>(tricky.begin(), tricky.end()).size() == 5);
    const auto imagenet = folder_names(imagenet_class_names());
    CHECK(std::set<std::string>(imagenet.begin(), imagenet.end()).size() == 1000);
    CHECK(imagenet[281] == "tabby");
}

TEST_CASE("the number is before the ending") {
    CHECK(numbered_name("a.jpg", 1) == "a.jpg");
    CHECK(numbered_name("a.jpg", 2) == "a-2.jpg");
    CHECK(numbered_name("a.b.jpg", 12) == "a.b-12.jpg");
    CHECK(numbered_name("a", 3) == "a-3");
    CHECK(numbered_name(".jpg", 3) == ".jpg-3");
    const std::string longest = std::string(251, 'x') + ".jpg";
    CHECK(numbered_name(longest, 10) == std::string(248, 'x') + "-10.jpg");
}

TEST_CASE("a picture that is not a file of its own gets a name") {
    CHECK(name_of_stream("-", PictureFormat::jpeg) == "stdin.jpg");
    CHECK(name_of_stream("63", PictureFormat::png) == "63.png");
    CHECK(name_of_stream("0001.JPG", PictureFormat::png) == "0001.JPG");
}
