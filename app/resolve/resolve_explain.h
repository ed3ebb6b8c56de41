// What the typed options of `imnet explain` mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/options.h"
#include "codecs/decode.h"
#include "engines/engine.h"
#include "explanation/occlusion.h"
#include "models/model.h"
#include "resolve/resolve_size.h"

namespace imnet::app {

/// What was typed of the patch. Its range depends on the image size.
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
    TypedSize size;
    std::optional<std::string> class_name;  ///< the most probable where it was not typed
    std::optional<TypedPatch> occlusion;    ///< Grad-CAM without it
    bool json = false;
    bool quiet = false;
};

/// Throws UsageError.
ExplainRun resolve_explain(const Options& options);

/// The patch on pictures of that size. Throws UsageError.
OcclusionOptions resolve_occlusion(const TypedPatch& typed, int image_size);

}  // namespace imnet::app
