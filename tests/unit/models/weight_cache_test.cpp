#include "models/weight_cache.h"

#include <cstdlib>

#include <doctest/doctest.h>

#include "temporary_folder.h"

using namespace imnet;

namespace {

// Puts all caches into one folder during a test.
struct Caches {
    test::TemporaryFolder folder;
    Caches() {
        ::setenv("IMNET_CACHE", (folder / "own").c_str(), 1);
        ::setenv("TORCH_HOME", (folder / "torch").c_str(), 1);
        ::setenv("HF_HUB_CACHE", (folder / "hub").c_str(), 1);
    }
    ~Caches() {
        for (const char* name : {"IMNET_CACHE", "TORCH_HOME", "HF_HUB_CACHE"}) ::unsetenv(name);
    }
};

}  // namespace

TEST_CASE("weights are found in imnet's cache first, then torch hub's") {
    const Caches caches;
    const PublishedWeights& weights = *default_weights("resnet50");
    CHECK_FALSE(find_cached(weights).has_value());
    const auto hub = caches.folder.write("torch/hub/checkpoints/resnet50-11ad3fa6.pth", "x");
    CHECK(find_cached(weights) == hub);
    const auto own = caches.folder.write("own/resnet50-11ad3fa6.pth", "x");
    CHECK(find_cached(weights) == own);
}

TEST_CASE("timm's weights are found in the cache of Hugging Face") {
    const Caches caches;
    const auto file = caches.folder.write(
        "hub/models--timm--resnetv2_50.a1h_in1k/snapshots/0123abc/model.safetensors", "x");
    CHECK(find_cached(*default_weights("resnetv2_50")) == file);
}

TEST_CASE("the folders of the caches follow the usual variables") {
    ::setenv("XDG_CACHE_HOME", "/xdg", 1);
    CHECK(weight_cache_folder() == "/xdg/imnet");
    ::unsetenv("XDG_CACHE_HOME");
    const char* home = std::getenv("HOME");
    if (home != nullptr) CHECK(weight_cache_folder() == std::filesystem::path(home) / ".cache/imnet");
}
