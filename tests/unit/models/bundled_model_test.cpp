#include "models/bundled_model.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

TEST_CASE("its weights are published, and no other weights come with the program") {
    REQUIRE(default_weights(bundled_model) != nullptr);
    CHECK(is_bundled(*default_weights(bundled_model)));
    CHECK_FALSE(is_bundled(*default_weights("resnet50")));
}

TEST_CASE("a file with other bytes is refused, and so is one that cannot be read") {
    const test::TemporaryFolder folder;
    const auto file = folder.write("net.pth", "x");
    CHECK_FALSE(is_bundled_checkpoint(file));
    CHECK_THROWS_WITH_AS(check_bundled_checkpoint(file), doctest::Contains("expected SHA-256 9656183e"),
                         ModelError);
    CHECK_THROWS_WITH_AS(check_bundled_checkpoint(folder / "gone.pth"), doctest::Contains("No such file"),
                         ModelError);
}
