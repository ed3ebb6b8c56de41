// Where a model's weights come from.
#pragma once

#include <filesystem>
#include <string>

namespace imnet {

/// What told which preprocessing the weights need.
enum class RecognisedBy {
    published_name,  ///< the weights were asked for by their published name
    metadata,        ///< the checkpoint states it
    file_name,       ///< the file is called as published weights are
    sha256,          ///< the bytes of the file are those of published weights
    nothing          ///< it is the one of the architecture's default weights
};

struct Provenance {
    std::string weights;         ///< published name, path of a file, or "random, seed 0"
    std::filesystem::path path;  ///< the checkpoint, a file or a folder; empty for random weights
    RecognisedBy recognised_by = RecognisedBy::nothing;
    bool prefer_ema = false;  ///< averaged weights were asked for
};

/// SHA-256 of the checkpoint, which is read for it; of several files, of what sha256sum prints for
/// them. For random weights it is their description. Throws ModelError.
std::string weights_sha256(const Provenance& provenance);

/// The weights that a training began with, wherever they lay.
struct ParentWeights {
    std::string name;    ///< published name, name of the file or folder, or "random, seed 0"
    std::string sha256;  ///< empty for random weights
};

/// Reads the checkpoint for its SHA-256.
ParentWeights parent_weights(const Provenance& provenance);

}  // namespace imnet
