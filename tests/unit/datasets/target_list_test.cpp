#include "datasets/target_list.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

TargetList read(std::string_view text) {
    const test::TemporaryFolder folder;
    return TargetList::read(folder.write("list", text));
}

std::string target(const TargetList& list, std::string_view path, std::string_view folder = "val") {
    const auto* entry = list.find(path, folder);
    return entry == nullptr ? "none" : entry->second.target;
}

std::string refusal(std::string_view text) {
    const test::TemporaryFolder folder;
    const auto file = folder.write("list", text);
    try {
        TargetList::read(file);
    } catch (const UsageError& error) {
        return std::string(error.what()).substr(file.native().size() + 2);
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a list has a path and a target on each line, with or without a header") {
    for (const char* text :
         {"a.jpg,cat\nb/c.jpg,dog\n", "path,label\na.jpg,cat\nb/c.jpg,dog",
          "\xEF\xBB\xBF"
          "Filename,Split,Class\r\na.jpg,val,cat\r\n./b//c.jpg,val,dog\r\n\r\n",
          "a.jpg\tcat\nb/c.jpg\tdog\n", "a.jpg cat\nb/c.jpg dog\n", "\"a.jpg\",\"cat\"\n\"b/c.jpg\",dog\n",
          "label,path\ncat,a.jpg\ndog,b/c.jpg\n"}) {
        CAPTURE(text);
        const TargetList list = read(text);
        CHECK(list.entries().size() == 2);
        CHECK(target(list, "val/a.jpg") == "cat");
        CHECK(target(list, "val/b/c.jpg", "val/") == "dog");
        CHECK(target(list, "val/c.jpg") == "none");
    }
}

TEST_CASE("fields in quotes may hold commas, quotes and ends of lines") {
    const TargetList list =
        read("path,label\n\"a, b.jpg\",\"crane, \"\"bird\"\"\"\n\"two\nlines.jpg\",cat\n");
    CHECK(target(list, "val/a, b.jpg") == "crane, \"bird\"");
    CHECK(target(list, "val/two\nlines.jpg") == "cat");
}

TEST_CASE("a path may be below the folder, as it is shown, or absolute") {
    const TargetList list = read("a.jpg,cat\nval/b.jpg,dog\n/data/val/c.jpg,fox\n");
    CHECK(target(list, "val/a.jpg") == "cat");
    CHECK(target(list, "val/b.jpg") == "dog");
    CHECK(target(list, "/data/val/c.jpg", "/data/val") == "fox");
    CHECK(target(list, "./a.jpg", ".") == "cat");
}

TEST_CASE("Kaggle's list has names without ending, and boxes after the class") {
    const TargetList list = read(
        "ImageId,PredictionString\n"
        "ILSVRC2012_val_00048981,n03995372 85 1 499 272 \n"
        "ILSVRC2012_val_00037956,n03481172 131 0 499 254 n03481172 5 6 7 8\n");
    CHECK(target(list, "val/ILSVRC2012_val_00048981.JPEG") == "n03995372");
    CHECK(target(list, "val/n03481172/ILSVRC2012_val_00037956.JPEG") == "n03481172");
    CHECK_FALSE(list.is_ground_truth_of_ilsvrc());
    CHECK(refusal("ImageId,PredictionString\na,n1 1 2 3 4 n2 1 2 3 4\n") ==
          "line 2: two classes in one picture: n1, n2");
}

TEST_CASE("a list with one target on each line is the ground truth of ILSVRC 2012") {
    const TargetList list = read("490\r\n361\r\n171\r\n\r\n");
    CHECK(list.is_ground_truth_of_ilsvrc());
    CHECK(target(list, "val/ILSVRC2012_val_00000001.JPEG") == "490");
    CHECK(target(list, "val/ILSVRC2012_val_00000003.JPEG") == "171");
    CHECK(target(list, "val/ILSVRC2012_val_00000004.JPEG") == "none");
    CHECK(target(read("n01751748\nn09193705\n"), "val.tar/ILSVRC2012_val_00000002.JPEG", "val.tar") ==
          "n09193705");
}

TEST_CASE("other lists are refused with the number of the line") {
    CHECK(refusal("a.jpg,cat\nb.jpg\n") == "line 2: 1 field instead of 2");
    CHECK(refusal("a.jpg,cat\nb.jpg,dog,7\n") == "line 2: 3 fields instead of 2");
    CHECK(refusal("a.jpg,7,cat\n") == "line 1: 3 fields without a header: give a header, or only path,label");
    CHECK(refusal("a.jpg,cat\n\"a.jpg,cat\n") == "line 2: a quote that is not closed");
    CHECK(refusal("a.jpg,cat\na.jpg,dog\n") == "line 2: a.jpg is dog here and cat in line 1");
    CHECK(refusal("a.jpg,cat\na.jpg,cat\n") == "accepted");
    CHECK(refusal("a.jpg,\n") == "line 1: no label");
    CHECK(refusal(",cat\n") == "line 1: no path");
    CHECK(refusal("490\n\n361\n") == "line 2: an empty line");  // the following lines would shift
    CHECK(refusal("a.jpg,\xFF\n") == "line 1: it is not UTF-8");
    CHECK(refusal("") == "there are no labels in it");
    CHECK(refusal("path,label\n") == "there are no labels in it");
    CHECK_THROWS_AS(TargetList::read("/no/such/list"), UsageError);
    CHECK_THROWS_AS(TargetList::read("/tmp"), UsageError);
}
