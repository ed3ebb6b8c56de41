#include "datasets/class_folders.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

using Strings = std::vector<std::string>;

/// A folder that holds these files.
struct Pictures {
    explicit Pictures(const Strings& names) {
        for (const std::string& name : names) folder.write(name, "");
    }
    std::string path() const { return folder.path().native(); }

    test::TemporaryFolder folder;
};

std::string message_of(const auto& call) {
    try {
        call();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "no UsageError";
}

/// The UsageError for these files, with "DIR" instead of their folder.
std::string refusal_of(const Strings& names) {
    const Pictures pictures(names);
    std::string message = message_of([&] { read_class_folders(pictures.path()); });
    for (std::size_t at; (at = message.find(pictures.path())) != std::string::npos;)
        message.replace(at, pictures.path().size(), "DIR");
    return message;
}

/// `count` pictures of each class, as `read_class_folders` would give them.
std::vector<LabelledImage> images_of(const std::string& folder, const std::vector<int>& counts) {
    std::vector<LabelledImage> images;
    for (int target = 0; target < static_cast<int>(counts.size()); ++target) {
        for (int i = 0; i < counts[target]; ++i) {
            images.push_back({folder + "/class" + std::to_string(target) + "/" + std::to_string(i), target});
        }
    }
    return images;
}

}  // namespace

TEST_CASE("each folder is a class; classes are sorted by name and pictures by path") {
    const Pictures pictures({"dog/2.jpg", "dog/1.png", "cat/old/9.JPEG", "cat/a.webp", "Zebra/x.gif"});
    const ClassFolders found = read_class_folders(pictures.path());
    CHECK(found.classes == Strings{"Zebra", "cat", "dog"});
    CHECK(found.images == std::vector<LabelledImage>{{pictures.path() + "/Zebra/x.gif", 0},
                                                     {pictures.path() + "/cat/a.webp", 1},
                                                     {pictures.path() + "/cat/old/9.JPEG", 1},
                                                     {pictures.path() + "/dog/1.png", 2},
                                                     {pictures.path() + "/dog/2.jpg", 2}});
    CHECK(found.notes.empty());
}

TEST_CASE("links to folders are followed, so that a data set may consist of links") {
    const Pictures pictures({"real/cats/1.jpg", "set/dog/2.jpg"});
    std::filesystem::create_directory_symlink(pictures.folder / "real/cats", pictures.folder / "set/cat");
    const ClassFolders found = read_class_folders(pictures.path() + "/set");
    CHECK(found.classes == Strings{"cat", "dog"});
    CHECK(found.images.size() == 2);
}

TEST_CASE("other files are ignored, and a note names what may be a mistake") {
    const Pictures pictures({"cat/1.jpg", "cat/notes.txt", "dog/2.jpg", "LICENSE", "lost.jpg",
                             ".cache/cat/1.jpg", ".thumbnails/cat/1.jpg"});
    const ClassFolders found = read_class_folders(pictures.path());
    CHECK(found.images.size() == 2);
    CHECK(found.notes == Strings{pictures.path() + ": 1 picture outside the class folders left out",
                                 pictures.path() + ": 1 hidden folder left out"});
}

TEST_CASE("a folder without usable classes is refused in one line that says why") {
    CHECK(message_of([] { read_class_folders("/nonexistent"); }) ==
          "/nonexistent: No such file or directory: pictures are expected as DIR/CLASS/PICTURE");
    CHECK(refusal_of({}) ==
          "DIR: no class folders in it and no pictures: pictures are expected as DIR/CLASS/PICTURE");
    CHECK(refusal_of({"1.jpg", "2.jpg"}) ==
          "DIR: no class folders in it, only 2 pictures: pictures are expected as DIR/CLASS/PICTURE");
    CHECK(refusal_of({"cat/1.jpg"}) ==
          "DIR: only one class (cat), but training needs at least two: pictures are expected as "
          "DIR/CLASS/PICTURE");
    CHECK(refusal_of({"cat/1.jpg", "dog/x.txt"}) ==
          "DIR: no pictures in 1 of 2 class folders (dog): fill or remove it");
    CHECK(refusal_of({"a/x", "b/x", "c/x", "d/x", "e/x", "f/x", "g/x", "h/1.jpg"}) ==
          "DIR: no pictures in 7 of 8 class folders (a, b, c, d, e and 2 more): fill or remove them");
    CHECK(refusal_of({"train/cat/1.jpg", "val/cat/1.jpg"}) ==
          "DIR: it holds the parts of a data set (train, val), not class folders: give one of them, such as "
          "DIR/train (and --val DIR/val to validate)");
}

TEST_CASE("validation pictures have the training classes as targets") {
    const Pictures pictures({"dog/2.jpg", "bird/1.jpg"});
    const ClassFolders found = read_validation_folders(pictures.path(), {"bird", "cat", "dog"});
    CHECK(found.classes == Strings{"bird", "cat", "dog"});
    CHECK(found.images == std::vector<LabelledImage>{{pictures.path() + "/bird/1.jpg", 0},
                                                     {pictures.path() + "/dog/2.jpg", 2}});
    CHECK(found.notes == Strings{pictures.path() + ": no pictures of 1 of 3 classes (cat)"});
}

TEST_CASE("a validation folder that is not a training class is refused") {
    const Pictures pictures({"dog/2.jpg", "wolf/1.jpg"});
    CHECK(message_of([&] {
              read_validation_folders(pictures.path(), {"cat", "dog"});
          }) == pictures.path() +
                    ": folders that are not classes of the training pictures: wolf: rename or remove it");
    const Pictures empty({"dog/2.txt"});
    CHECK(message_of([&] {
              read_validation_folders(empty.path(), {"cat", "dog"});
          }) == empty.path() + ": no pictures in it: pictures are expected as DIR/CLASS/PICTURE");
}

TEST_CASE("a part of each class is held back: at least one picture, and never all") {
    const auto images = images_of("/data", {20, 1, 2, 7, 1000});
    const Split split = split_stratified(images, 5, 0.1, 0);
    std::vector<int> held_back(5);
    for (const LabelledImage& image : split.validation) ++held_back[image.target];
    CHECK(held_back == std::vector<int>{2, 0, 1, 1, 100});
    CHECK(split.train.size() + split.validation.size() == images.size());
    for (const LabelledImage& image : split.validation)
        CHECK(std::ranges::find(split.train, image) == split.train.end());
    CHECK(split_stratified(images, 5, 0.99, 0).train.size() == 1 + 1 + 1 + 1 + 10);
}

TEST_CASE("the same seed holds back the same pictures in any folder, and another seed other ones") {
    const auto names = [](const std::string& folder, std::uint64_t seed) {
        Strings below;
        for (const auto& image : split_stratified(images_of(folder, {50, 50}), 2, 0.2, seed).validation)
            below.push_back(image.path.substr(folder.size()));
        return below;
    };
    CHECK(names("/data", 1) == names("../elsewhere", 1));
    CHECK(names("/data", 1) != names("/data", 2));
    // Computed by another program, so that a dependence on machine or compiler is noticed.
    CHECK(names("/data", 1).front() == "/class0/15");
}

TEST_CASE("an added picture does not change which others are held back") {
    auto images = images_of("/data", {100, 100});
    const auto before = split_stratified(images, 2, 0.1, 3).validation;
    images.push_back({"/data/class1/new", 1});
    const auto after = split_stratified(images, 2, 0.1, 3).validation;
    const auto kept = std::ranges::count_if(
        before, [&](const auto& image) { return std::ranges::find(after, image) != after.end(); });
    CHECK(kept >= static_cast<int>(before.size()) - 1);
}

TEST_CASE("each epoch has every picture once, in a different order") {
    auto order = epoch_order(1000, 7, 0);
    CHECK(order != epoch_order(1000, 7, 1));
    CHECK(order != epoch_order(1000, 8, 0));
    CHECK(order == epoch_order(1000, 7, 0));
    std::ranges::sort(order);
    for (std::uint32_t i = 0; i < 1000; ++i) REQUIRE(order[i] == i);
    CHECK(epoch_order(0, 7, 0).empty());
    CHECK(epoch_order(8, 7, 0) == std::vector<std::uint32_t>{7, 4, 3, 2, 5, 1, 6, 0});
}

TEST_CASE("each picture is first equally often") {
    std::vector<int> firsts(5);
    for (std::uint64_t epoch = 0; epoch < 10'000; ++epoch) ++firsts[epoch_order(5, 1, epoch).front()];
    for (const int count : firsts) CHECK(count == doctest::Approx(2000).epsilon(0.06));
}
