// Small pictures in a folder of their own, for tests of training.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "datasets/class_folders.h"
#include "temporary_folder.h"

namespace imnet::test {

/// PPM pictures of 12 × 10 pixels, the k-th all of the grey value k, in turn of the classes 0, 1 and 2.
struct PictureFolder {
    explicit PictureFolder(int count) {
        for (int k = 0; k < count; ++k) {
            const std::string pixels(12 * 10 * 3, static_cast<char>(k));
            const auto path = folder.write(fmt::format("{:03}.ppm", k), "P6\n12 10\n255\n" + pixels);
            images.push_back({path.native(), k % 3});
        }
    }

    /// Makes the k-th none that can be read.
    void spoil(int k) const { folder.write(fmt::format("{:03}.ppm", k), "P6\n12 10\n255\nand no pixels"); }

    TemporaryFolder folder;
    std::vector<LabelledImage> images;
};

}  // namespace imnet::test
