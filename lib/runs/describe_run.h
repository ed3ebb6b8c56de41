#pragma once

#include <cstdint>

#include "codecs/codec.h"
#include "engines/engine.h"
#include "models/model.h"
#include "rows/row_formatter.h"
#include "runs/run_record.h"

namespace imnet {

/// The settings that change the rows of a run, beside the model and the engine.
struct RowSettings {
    Format format = Format::text;
    int top = 5;
    float min_probability = 0;
    std::uint64_t max_pixels = 0;
    DamagePolicy damage = DamagePolicy::as_pillow;
    bool draft = false;
    int batch = 8;
};

/// Completes the record of a run that is about to start: the weights, the machine, the time, and every
/// setting that changes rows. Reads the checkpoint for its SHA-256.
RunRecord describe_run(RunRecord record, const Model& model, const Engine& engine, const RowSettings& rows);

}  // namespace imnet
