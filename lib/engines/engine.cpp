#include "engines/engine.h"

#include <dlfcn.h>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <fmt/format.h>

#include "base/errors.h"
#include "engines/module.h"

namespace imnet {

namespace {

namespace fs = std::filesystem;

struct EngineModule {
    const char* file;
    const char* library;  ///< for people
    const char* option;   ///< that builds it
};

constexpr EngineModule onednn_module{"libimnet_onednn.so", "oneDNN", "IMNET_ONEDNN"};
constexpr EngineModule torch_module{"libimnet_torch.so", "libtorch", "IMNET_TORCH"};

const EngineModule& module_of(EngineKind kind) {
    return kind == EngineKind::torch ? torch_module : onednn_module;
}

// Libraries take time to load, libtorch 0.2 s, so each hides in a module that is loaded when a net is
// to run on it. The build tree and an installation share the layout, so that one rule finds the
// modules in both.
fs::path path_of(const EngineModule& module) {
    return (fs::read_symlink("/proc/self/exe").parent_path() / IMNET_MODULE_FROM_BIN / module.file)
        .lexically_normal();
}

OpenEngine* load(const EngineModule& module) {
    const fs::path path = path_of(module);
    if (!fs::exists(path)) {
        throw ModelError(
            fmt::format("{}: the {} engine is not installed: build imnet with -D{}=ON and install it",
                        path.string(), module.library, module.option));
    }
    // Never closed: both libraries keep threads and registries that outlive every engine.
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        throw ModelError(fmt::format(
            "{}: cannot load the {} engine ({}): add the folder of that library to LD_LIBRARY_PATH",
            path.string(), module.library, dlerror()));
    }
    void* symbol = dlsym(handle, open_engine_symbol);
    if (symbol == nullptr) {
        throw ModelError(
            fmt::format("{}: not an engine of this imnet: build and install both together", path.string()));
    }
    return reinterpret_cast<OpenEngine*>(symbol);
}

OpenEngine* loaded(EngineKind kind) {
    static std::mutex mutex;
    static std::map<EngineKind, OpenEngine*> modules;
    const std::lock_guard lock(mutex);
    OpenEngine*& open = modules[kind];
    if (open == nullptr) open = load(module_of(kind));
    return open;
}

// libtorch is loaded only to look for a GPU where the machine shows signs of one.
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

bool engine_installed(EngineKind kind) { return fs::exists(path_of(module_of(kind))); }

std::unique_ptr<Engine> open_engine(const Architecture& architecture, const Parameters& parameters,
                                    const EngineOptions& options) {
    const EngineKind kind = choose(options);
    if (kind == EngineKind::onednn && options.device.kind == Device::Kind::cuda) {
        throw ModelError("the oneDNN engine runs on the CPU only: use --engine torch with --device cuda");
    }
    std::unique_ptr<Engine> engine(loaded(kind)(architecture, parameters, options));
    // There were signs of a GPU, but it is of no use: the fast engine of the CPU serves better.
    if (options.kind == EngineKind::automatic && kind == EngineKind::torch && engine->device() == "cpu" &&
        engine_installed(EngineKind::onednn)) {
        engine.reset(loaded(EngineKind::onednn)(architecture, parameters, options));
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
