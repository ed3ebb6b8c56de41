// The spine: find → decode → orient → preprocess → engine → top-k → rows. The only place that knows
// the order.
#pragma once

#include <functional>

#include "engines/engine.h"
#include "images/decode.h"
#include "images/input_source.h"
#include "images/preprocess.h"
#include "results/row.h"

namespace imnet {

struct ClassifyOptions {
    Preprocessing preprocessing;
    DecodeLimits limits;
    bool draft = false;         ///< large JPEGs at a part of their size, never under twice the recipe's
    int classes = 1000;         ///< outputs of the net
    int top = 5;                ///< labels a row
    float min_probability = 0;  ///< less probable labels are left out
    int threads = 1;
    int batch = 8;
    bool fail_fast = false;   ///< end after the first row that is an error
    bool keep_bytes = false;  ///< rows of inputs that are no files carry their bytes
};

/// Classifies every input. `on_row` is called once for each, in the order of the inputs, by one
/// thread at a time. A failed input is a row with its error; exceptions end the run.
void classify(InputSource& source, const Engine& engine, const ClassifyOptions& options,
              const std::function<void(const Row&)>& on_row);

}  // namespace imnet
