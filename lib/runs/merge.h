#pragma once

#include <string>
#include <vector>

#include "base/output_file.h"
#include "runs/run_record.h"

namespace imnet {

/// The outputs of all shards of one run, ready to be joined.
struct Shards {
    std::vector<std::string> outputs;  ///< in the order of their numbers
    RunRecord merged;                  ///< the record of the whole
};

/// Checks by their records that these are the shards of one run: the same settings and inputs, all of
/// them, each once and complete. Throws UsageError that names the file and what is wrong.
Shards check_shards(const std::vector<std::string>& outputs);

/// Writes all rows in the order in which one run would have written them, in flat memory. Throws
/// UsageError where an output does not hold what its record and its order say.
void merge_rows(const Shards& shards, OutputFile& out);

}  // namespace imnet
