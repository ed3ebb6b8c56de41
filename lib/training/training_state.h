// What an interrupted training goes on from: one safetensors file beside the output, FILE.state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checkpoints/state_dict.h"
#include "training/learning_curve.h"

namespace imnet {

/// How far a training is, between two batches.
struct TrainingProgress {
    int epoch = 0;                   ///< under way, from 0
    int batch = 0;                   ///< batches of it that are done
    double loss_sum = 0;             ///< over the pictures of the epoch so far
    std::uint64_t pictures = 0;      ///< of the epoch so far
    std::vector<EpochResult> curve;  ///< the epochs that have ended
};

struct TrainingState {
    std::string settings;  ///< what must be the same to go on
    TrainingProgress progress;
    StateDict weights;
    StateDict optimizer;
};

/// Where the state of a training into that file is kept.
std::string state_path(const std::string& output);

/// Replaces the file as a whole. Throws OutputError.
void write_state(const std::string& path, const TrainingState& state);

/// The state in that file; nothing where there is no such file. Throws ModelError for a file that is
/// no state.
std::optional<TrainingState> read_state(const std::string& path);

}  // namespace imnet
