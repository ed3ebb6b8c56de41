// Pictures with targets in class folders, as torchvision's ImageFolder reads them: DIR/CLASS/…/PICTURE.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace imnet {

struct LabelledImage {
    std::string path;
    int target = 0;  ///< index into the class names

    bool operator==(const LabelledImage&) const = default;
};

struct ClassFolders {
    std::vector<std::string> classes;   ///< names of the folders, sorted by their bytes
    std::vector<LabelledImage> images;  ///< by class, within a class sorted by the bytes of the path
    std::vector<std::string> notes;     ///< lines that the user should see; often none
};

/// Every folder in `folder` is a class, and all pictures in it and in folders below have this class as
/// target. Files without an image ending and hidden folders are ignored. Throws UsageError where there are
/// fewer than two classes, or a class without pictures.
ClassFolders read_class_folders(const std::string& folder);

/// The same for the validation pictures: targets are indices into `classes`. A class may have no pictures,
/// which gives a note. Throws UsageError for a folder that is not named after one of the classes.
ClassFolders read_validation_folders(const std::string& folder, const std::vector<std::string>& classes);

struct Split {
    std::vector<LabelledImage> train;
    std::vector<LabelledImage> validation;
};

/// Moves the given fraction (above 0, below 1) of each class to the validation set: rounded, at least one
/// picture of a class with two, and never all. The choice depends only on the seed and on the paths below the
/// folder with the classes, so it is the same on every machine, and a new picture does not change the choice
/// of the others.
Split split_stratified(std::span<const LabelledImage> images, int classes, double fraction,
                       std::uint64_t seed);

/// The indices 0 … count - 1 in the random order of an epoch, which is the same on every machine.
std::vector<std::uint32_t> epoch_order(std::uint32_t count, std::uint64_t seed, std::uint64_t epoch);

}  // namespace imnet
