// What makes probabilities of a net's outputs.
#pragma once

namespace imnet {

/// `softmax`: a picture has one of the classes, and the probabilities add up to 1. `sigmoid`: each class is
/// there or not, whatever the others (several labels an image, or a head with one output).
enum class OutputActivation { softmax, sigmoid };

}  // namespace imnet
