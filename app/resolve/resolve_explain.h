// Resolves the options of `imnet explain`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/options.h"
#include "codecs/decode.h"
#include "engines/engine.h"
#include "explanation/occlusion.h"
#include "models/model.h"

namespace imnet::app {

/// The patch as it was typed. Its valid range depends on the image size.
struct TypedPatch {
    std::optional<std::int64_t> side;
    std::optional<std::int64_t> stride;
    int batch = 8;
};

struct ExplainRun {
    std::string picture;
    std::string output;  ///< the PNG; "-" is standard output
    ModelRequest model;
    EngineOptions engine;
    DecodeLimits limits;
    std::optional<std::string> class_name;  ///< the most probable class if it is not set
    std::optional<TypedPatch> occlusion;    ///< Grad-CAM if it is not set
    bool json = false;
    bool quiet = false;
};

/// Throws UsageError.
ExplainRun resolve_explain(const Options& options);

/// The options of the patch for pictures of that size. Throws UsageError if a number is outside its range.
OcclusionOptions resolve_occlusion(const TypedPatch& typed, int image_size);

}  // namespace imnet::app
