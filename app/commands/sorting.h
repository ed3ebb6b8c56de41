// What --sort-into means for a run of classify: rows go into a SortedFolder, and are counted.
#pragma once

#include <cstddef>
#include <memory>

#include "cli/options.h"
#include "models/class_names.h"
#include "rows/row.h"
#include "sorting/sorted_folder.h"

namespace imnet::app {

/// Throws UsageError for options that make no sense, before anything is loaded or made.
void check_sorting(const Options& options);

class Sorting {
public:
    /// Makes the folder; does nothing, now and later, where there is no --sort-into.
    Sorting(const Options& options, const ClassNames& class_names);

    /// Sorts the row's picture. One that cannot be is said and counted; OutputError where the folder
    /// takes no more.
    void sort(const Row& row);

    /// Says what has been done, and how to undo it.
    void report() const;

    bool any_failed() const { return failed_ > 0; }

private:
    const Options& options_;
    std::unique_ptr<SortedFolder> folder_;
    std::size_t sorted_ = 0;
    std::size_t were_sorted_ = 0;
    std::size_t without_label_ = 0;
    std::size_t failed_ = 0;
};

}  // namespace imnet::app
