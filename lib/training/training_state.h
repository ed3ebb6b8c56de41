// The state from which an interrupted training continues: FILE.state, a safetensors file beside the output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checkpoints/state_dict.h"
#include "training/learning_curve.h"

namespace imnet {

/// The progress of a training between two batches.
struct TrainingProgress {
    int epoch = 0;                   ///< the current one, from 0
    int batch = 0;                   ///< completed batches of the epoch
    double loss_sum = 0;             ///< over the pictures of the epoch so far
    std::uint64_t pictures = 0;      ///< of the epoch so far
    std::vector<EpochResult> curve;  ///< the epochs that have ended
};

struct TrainingState {
    std::string settings;  ///< must be the same to continue
    TrainingProgress progress;
    StateDict weights;
    StateDict optimizer;
};

/// The path of the state of a training whose model is written to `output`.
std::string state_path(const std::string& output);

/// Replaces the file atomically. Throws OutputError.
void write_state(const std::string& path, const TrainingState& state);

/// The state in that file; nothing where there is no such file. Throws ModelError where the file is not a
/// state.
std::optional<TrainingState> read_state(const std::string& path);

}  // namespace imnet
