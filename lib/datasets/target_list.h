// The targets of pictures in a text file. It may be:
//   path,target                a table whose fields are separated by commas (RFC 4180), tabs or the last
//   space ImageId,PredictionString   Kaggle's LOC_val_solution.csv: "…_00048981,n03995372 85 1 499 272"
//   target                     a line for each picture, as in ILSVRC2012_validation_ground_truth.txt
// With a header, the columns may have other names, and there may be more of them. Without a header there are
// two columns. Refused: a line with another number of fields, an open quote, bytes that are not UTF-8, two
// targets for one picture.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace imnet {

class TargetList {
public:
    struct Entry {
        std::string target;
        std::size_t line = 0;
    };

    /// Throws UsageError where the file cannot be read or has none of these forms.
    static TargetList read(const std::filesystem::path& file);

    /// The entry for a picture, or null. The list may name the path below `folder`, the path as it is shown,
    /// or the absolute path; lists of ILSVRC and Kaggle name the file without folder and ending.
    const std::pair<const std::string, Entry>* find(std::string_view path, std::string_view folder) const;

    /// The entries by path, or by name without ending.
    const std::unordered_map<std::string, Entry>& entries() const { return entries_; }

    /// Whether the list has only targets, for "ILSVRC2012_val_00000001" and so on.
    bool is_ground_truth_of_ilsvrc() const { return by_line_; }

private:
    std::unordered_map<std::string, Entry> entries_;
    bool by_stem_ = false;
    bool by_line_ = false;
    bool has_absolute_ = false;
    friend class TargetListReader;
};

/// The part of a picture's path below a folder: "n01/a.jpg" of "val/n01/a.jpg" and "val/".
std::string_view path_below(std::string_view path, std::string_view folder);

}  // namespace imnet
