#include "engines/engine.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "base/errors.h"
#include "engines/module.h"

namespace imnet {

namespace {

namespace fs = std::filesystem;

OpenEngine* opener(EngineKind kind) {
    return reinterpret_cast<OpenEngine*>(module_function(kind, open_engine_symbol));
}

// Loading libtorch to look for a GPU takes 0.2 s, so look for a driver first.
bool may_have_gpu() {
    std::error_code ignored;
    return fs::exists("/dev/nvidiactl", ignored) || fs::exists("/dev/dxg", ignored);
}

EngineKind choose(const EngineOptions& options) {
    if (options.kind != EngineKind::automatic) return options.kind;
    if (options.device.kind == Device::Kind::cuda) return EngineKind::torch;
    if (!engine_installed(EngineKind::onednn)) return EngineKind::torch;
    const bool gpu = options.device.kind == Device::Kind::automatic && may_have_gpu() &&
                     engine_installed(EngineKind::torch);
    return gpu ? EngineKind::torch : EngineKind::onednn;
}

}  // namespace

std::unique_ptr<Engine> open_engine(const Architecture& architecture, const Parameters& parameters,
                                    const EngineOptions& options) {
    const EngineKind kind = choose(options);
    if (kind == EngineKind::onednn && options.device.kind == Device::Kind::cuda) {
        throw ModelError("the oneDNN engine runs on the CPU only: use --engine torch with --device cuda");
    }
    std::unique_ptr<Engine> engine(opener(kind)(architecture, parameters, options));
    // There is a GPU driver, but libtorch found no usable GPU. On a CPU, oneDNN is faster.
    if (options.kind == EngineKind::automatic && kind == EngineKind::torch && engine->device() == "cpu" &&
        engine_installed(EngineKind::onednn)) {
        engine.reset(opener(EngineKind::onednn)(architecture, parameters, options));
    }
    return engine;
}

std::string_view name(Precision precision) {
    switch (precision) {
        case Precision::fp32: return "fp32";
        case Precision::bf16: return "bf16";
        case Precision::automatic: break;
    }
    return "auto";
}

}  // namespace imnet
