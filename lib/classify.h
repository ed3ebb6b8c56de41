// The spine: find → decode → orient → preprocess → engine → top-k → rows.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "base/errors.h"
#include "codecs/codec.h"
#include "engines/engine.h"
#include "inputs/input.h"
#include "preprocess/preprocessing.h"
#include "rows/row.h"

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
    /// With an engine whose digits depend on the batch, run every batch on one thread and fill it up to
    /// `batch`: then a row does not depend on how many inputs there are, on where a run began, or on what
    /// failed beside it. More inputs than fit the first batches of all threads are always classified so.
    bool whole_batches = false;
};

/// Takes rows in the order of their inputs, a batch or less at a time.
using OnRows = std::function<void(std::span<const Row>)>;

/// Classifies every input, a row each. `next_input` and `on_rows` are called by one thread at a time.
/// A failed input is a row with its error, also where memory runs out for it alone; exceptions end the
/// run. Once a signal asks the run to stop (base/interruption.h) no more inputs are taken, and what is
/// under way becomes rows.
void classify(const NextInput& next_input, const Engine& engine, const ClassifyOptions& options,
              const OnRows& on_rows);

}  // namespace imnet
