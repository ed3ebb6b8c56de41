// Sorts the pictures of a run into folders of their classes, and counts them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "models/class_names.h"
#include "resolve/resolve_sorting.h"
#include "rows/row.h"
#include "sorting/sorted_folder.h"

namespace imnet::app {

class Sorting {
public:
    /// Makes the folder. Without a plan, all functions do nothing.
    Sorting(const std::optional<SortingPlan>& plan, const ClassNames& class_names);

    /// Sorts the row's picture. A failure is printed and counted. Throws OutputError if the folder cannot be
    /// written to.
    void sort(const Row& row);

    /// Prints how many pictures were sorted, and how to undo it.
    void report() const;

    bool any_failed() const { return failed_ > 0; }

private:
    std::unique_ptr<SortedFolder> folder_;
    std::string name_;  ///< of the folder, as typed
    std::size_t sorted_ = 0;
    std::size_t were_sorted_ = 0;
    std::size_t without_class_ = 0;
    std::size_t failed_ = 0;
};

}  // namespace imnet::app
