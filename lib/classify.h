// The pipeline: find → decode → preprocess → run → top-k → rows.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "base/errors.h"
#include "codecs/codec.h"
#include "engines/engine.h"
#include "inputs/input.h"
#include "models/output_activation.h"
#include "preprocess/preprocessing.h"
#include "rows/row.h"

namespace imnet {

struct ClassifyOptions {
    Preprocessing preprocessing;
    DecodeLimits limits;
    bool draft = false;  ///< decode large JPEGs at a smaller scale, see PixelLoader
    int classes = 1000;  ///< outputs of the net
    int top = 5;         ///< classes in a row
    OutputActivation activation = OutputActivation::softmax;
    float min_probability = 0;  ///< less probable classes are left out
    int threads = 1;
    int batch = 8;
    bool fail_fast = false;   ///< end after the first row that is an error
    bool keep_bytes = false;  ///< rows of inputs that cannot be read again carry their bytes
    /// Make rows batch-invariant even if the engine's last digits depend on the batch: every batch runs on
    /// one thread and is filled up to `batch`, so that a row does not depend on the other inputs. This is
    /// always so for more inputs than fit in the first batches of all threads, and where inputs may still be
    /// to come.
    bool fixed_batch = false;
};

/// Classifies every input, one row each. `inputs` and `on_rows` are called by one thread at a time. An
/// input that fails, or that does not fit in memory, is a row with its error; exceptions end the run. After a
/// signal that asks the program to stop (base/interruption.h), no more inputs are taken, and those that were
/// taken become rows.
void classify(InputStream inputs, const Engine& engine, const ClassifyOptions& options,
              const OnRows& on_rows);

}  // namespace imnet
