// Which of several copies of a network is an average over the training.
#pragma once

#include <string_view>

namespace imnet {

/// Whether a key or a prefix of names speaks of averaged weights, as an EMA or a teacher holds them:
/// `model_ema`, `teacher`, `target_network`, `momentum_encoder.`, `encoder_k.`.
bool names_average(std::string_view name);

}  // namespace imnet
