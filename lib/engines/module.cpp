#include "engines/module.h"

#include <dlfcn.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet {

namespace {

namespace fs = std::filesystem;

struct EngineModule {
    const char* file;
    const char* library;  ///< name in messages
    const char* option;   ///< the CMake option that builds it
};

constexpr EngineModule onednn_module{"libimnet_onednn.so", "oneDNN", "IMNET_ONEDNN"};
constexpr EngineModule torch_module{"libimnet_torch.so", "libtorch", "IMNET_TORCH"};

const EngineModule& module_of(EngineKind kind) {
    return kind == EngineKind::torch ? torch_module : onednn_module;
}

// The build tree and an installation have the same layout, so one relative path serves both.
fs::path path_of(const EngineModule& module) {
    return (fs::read_symlink("/proc/self/exe").parent_path() / IMNET_MODULE_FROM_BIN / module.file)
        .lexically_normal();
}

void* load(const EngineModule& module) {
    const fs::path path = path_of(module);
    if (!fs::exists(path)) {
        throw ModelError(
            fmt::format("{}: the {} engine is not installed: build imnet with -D{}=ON and install it",
                        path.string(), module.library, module.option));
    }
    // Never closed: both libraries keep threads and global objects that outlive every engine.
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        throw ModelError(fmt::format(
            "{}: cannot load the {} engine ({}): add the folder of that library to LD_LIBRARY_PATH",
            path.string(), module.library, dlerror()));
    }
    return handle;
}

}  // namespace

void* module_function(EngineKind kind, const char* symbol) {
    static std::mutex mutex;
    static std::map<EngineKind, void*> modules;
    const std::lock_guard lock(mutex);
    void*& handle = modules[kind];
    if (handle == nullptr) handle = load(module_of(kind));
    void* function = dlsym(handle, symbol);
    if (function == nullptr) {
        throw ModelError(fmt::format(
            "{}: this module does not belong to this imnet (it has no {}): build and install both "
            "together",
            path_of(module_of(kind)).string(), symbol));
    }
    return function;
}

bool engine_installed(EngineKind kind) { return fs::exists(path_of(module_of(kind))); }

}  // namespace imnet
