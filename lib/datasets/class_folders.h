// Labelled pictures as torchvision's ImageFolder finds them: DIR/CLASS/…/PICTURE.
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
    std::vector<LabelledImage> images;  ///< by class, in each sorted by the bytes of the path
    std::vector<std::string> notes;     ///< what a user should know, a line each; often none
};

/// Every folder in `folder` is a class, and every picture in it or below is of that class; files without an
/// image ending and hidden folders are none. Throws UsageError where that gives fewer than two classes or a
/// class without pictures.
ClassFolders read_class_folders(const std::string& folder);

/// The same for pictures to validate with: labels are indices into `classes`, of which some may have no
/// pictures (a note). Throws UsageError for a folder whose name is none of them.
ClassFolders read_validation_folders(const std::string& folder, const std::vector<std::string>& classes);

struct Split {
    std::vector<LabelledImage> train;
    std::vector<LabelledImage> validation;
};

/// Holds back that fraction (above 0, below 1) of each class, rounded, but at least one picture where there
/// are two, and never all. Which ones depends on the seed and on the paths below the folder that holds the
/// classes, so it is the same on every machine, and a new picture does not reshuffle the others.
Split split_stratified(std::span<const LabelledImage> images, int classes, double fraction,
                       std::uint64_t seed);

/// The indices 0 … count - 1 in the random order of that epoch, the same on every machine.
std::vector<std::uint32_t> epoch_order(std::uint32_t count, std::uint64_t seed, std::uint64_t epoch);

}  // namespace imnet
