// The labels of pictures as people write them into a file. What is read:
//   path,label                               a table with commas (RFC 4180), tabs, or a last space between;
//   ImageId,PredictionString                 Kaggle's LOC_val_solution.csv: "…_00048981,n03995372 85 1 499
//   272" label                                    a line a picture: ILSVRC2012_validation_ground_truth.txt
// With a header, the columns may have other names and stand among others; without one there are two.
// What is refused: a line with another number of fields, an open quote, bytes that are not UTF-8, two
// labels for one picture.
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

    /// Throws UsageError where the file cannot be read or is none of these.
    static TargetList read(const std::filesystem::path& file);

    /// The entry for a picture, by the path that the list has for it: below `folder`, as it is shown,
    /// or absolute. Lists of ILSVRC and Kaggle name the file alone, without its ending. Null where
    /// there is none.
    const std::pair<const std::string, Entry>* find(std::string_view path, std::string_view folder) const;

    /// By path, or name without ending.
    const std::unordered_map<std::string, Entry>& entries() const { return entries_; }

    /// "ILSVRC2012_val_00000001" and so on, in the order of the lines.
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
