#include "checkpoints/stored_class_names.h"

#include <doctest/doctest.h>

#include "checkpoints/build_pickle.h"

using namespace imnet;
using namespace imnet::build;

namespace {

using Names = std::vector<std::string>;

// The class names in a checkpoint {key: value}.
Names names_under(std::string_view key, const std::string& value) {
    const std::string bytes = proto + empty_dict + mark + text(key) + value + setitems + stop;
    const auto document = pickle::read(std::as_bytes(std::span(bytes)));
    return class_names_beside(*std::get<pickle::Dict*>(document.root));
}

std::string list(const std::string& items) { return empty_list + mark + items + "e"; }

std::string indices(const std::string& items) { return empty_dict + mark + items + setitems; }

}  // namespace

TEST_CASE("a list of class names is read in its order") {
    CHECK(names_under("classes", list(text("wolf") + text("lion"))) == Names{"wolf", "lion"});
    CHECK(names_under("class_names", list(text("wolf"))) == Names{"wolf"});
    CHECK(names_under("classes", list(text("wolf") + integer(3))).empty());
    CHECK(names_under("classes", list(text("\xFF"))).empty());
    CHECK(names_under("labels", list(text("wolf"))).empty());
}

TEST_CASE("ImageFolder's class_to_idx gives the index of each name") {
    CHECK(names_under("class_to_idx", indices(text("wolf") + integer(1) + text("lion") + integer(0))) ==
          Names{"lion", "wolf"});
    CHECK(
        names_under("class_to_idx", indices(text("wolf") + integer(1) + text("lion") + integer(1))).empty());
    CHECK(
        names_under("class_to_idx", indices(text("wolf") + integer(2) + text("lion") + integer(0))).empty());
    CHECK(names_under("class_to_idx", indices(text("wolf") + integer(-1))).empty());
}
