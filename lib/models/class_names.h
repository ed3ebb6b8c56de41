#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imnet {

/// The class that one output of a model stands for.
struct ClassName {
    std::string name;
    std::string wnid;  ///< WordNet id, "n02123045"; empty if the class is not one of ImageNet's

    bool operator==(const ClassName&) const = default;
};

/// One entry a class, in index order.
using ClassNames = std::vector<ClassName>;

/// The 1000 classes of ImageNet (ILSVRC 2012) with torchvision's names, from weights/imagenet_classes.tsv.
ClassNames imagenet_class_names();

/// The classes of ImageNet's larger sets, with WordNet's words as their names ("tabby, tabby cat"), from
/// weights/imagenet21k_classes.tsv: the 21,843 of Google's ImageNet-21k, or timm's 11,821 of ImageNet-12k.
ClassNames imagenet21k_class_names();
ClassNames imagenet12k_class_names();

/// The names for a head with that number of outputs: ImageNet's for 1000, 11,821 and 21,843, else numbers.
ClassNames class_names_of_head(int classes);

/// WordNet ids by ILSVRC2012_ID, the numbering of the challenge's development kit. Element 0 is ID 1
/// (n02119789, kit fox). These IDs differ from class indices.
std::vector<std::string> ilsvrc2012_wnids();

/// The names `class 0`, `class 1`, … for a model without class names.
ClassNames numbered_class_names(int classes);

/// Class names from those of folders, one for each class. If all are WordNet ids of ImageNet, the classes
/// get ImageNet's names.
ClassNames class_names_of_folders(std::span<const std::string> folders);

/// Indices of the classes that `text` names: by name (ignoring ASCII case) or WordNet id, else by one of the
/// words in a name that lists several ("tabby, tabby cat"), else by index. Several classes may share a name.
/// Empty if there is no such class.
std::vector<int> find_classes(const ClassNames& class_names, std::string_view text);

}  // namespace imnet
