#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace imnet {

/// What one output of a net stands for.
struct ClassName {
    std::string name;
    std::string wnid;  ///< WordNet id, "n02123045"; empty where the classes are not ImageNet's
};

/// Labels in index order.
using ClassNames = std::vector<ClassName>;

/// The 1000 classes of ILSVRC 2012 with torchvision's names (weights/imagenet_classes.tsv).
ClassNames imagenet_class_names();

/// The wnids in the order of the ILSVRC2012_ID of the challenge's development kit, which counts from 1:
/// the first is n02119789, the kit fox. It is not the order of the indices.
std::vector<std::string> ilsvrc2012_wnids();

/// `class 0`, `class 1` …
ClassNames numbered_class_names(int classes);

/// Class names from a UTF-8 text file, one a line, in index order. Throws ModelError where the file
/// cannot be read, a line is empty, or the number of lines is not `classes`.
ClassNames read_class_names(const std::filesystem::path& path, int classes);

/// Indices of the classes that `text` means: a name (in any case), a wnid or an index. Empty where
/// it means none.
std::vector<int> find_classes(const ClassNames& class_names, std::string_view text);

}  // namespace imnet
