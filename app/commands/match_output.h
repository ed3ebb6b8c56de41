#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/output_file.h"
#include "commands/sorting.h"
#include "rows/row.h"

namespace imnet::app {

/// Prints the paths of pictures that have one of the wanted classes, as grep -l does.
class MatchOutput {
public:
    MatchOutput(const std::string& path, std::vector<int> wanted, Sorting& sorting);

    /// Prints the errors of failed inputs on standard error.
    void write(std::span<const Row> rows);

    /// Ends the output. Returns the exit status: 0 if there is a match and no input failed, or, with `quiet`
    /// as with grep -q, if there is a match; otherwise 1. A picture that could not be sorted makes it 1.
    int finish(bool quiet);

private:
    OutputFile out_;
    std::vector<int> wanted_;
    Sorting& sorting_;
    bool matched_ = false;
    bool failed_ = false;
};

}  // namespace imnet::app
