#pragma once

#include <string>
#include <vector>

#include "base/output_file.h"
#include "runs/run_record.h"

namespace imnet {

/// The outputs of all shards of one run, checked and sorted.
struct Shards {
    std::vector<std::string> outputs;  ///< in the order of the shards' numbers
    RunRecord merged;                  ///< the record of the whole run
};

/// Checks the records of the outputs: all shards of one run must be there, each once and complete, with the
/// same settings and inputs. Throws UsageError that names the file and what is wrong.
Shards check_shards(const std::vector<std::string>& outputs);

/// Writes all rows in the order of a single run, in constant memory. Throws UsageError where the rows of an
/// output do not agree with its record and its OUT.order.
void merge_rows(const Shards& shards, OutputFile& out);

}  // namespace imnet
