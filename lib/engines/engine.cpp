#include "engines/engine.h"

#include <dlfcn.h>

#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "base/errors.h"
#include "engines/torch/torch_engine.h"

namespace imnet {

namespace {

namespace fs = std::filesystem;

// libtorch takes 0.2 s to load, so it hides in a module that is loaded when a net is to run. The
// build tree and an installation share the layout, so that one rule finds the module in both.
fs::path torch_module() {
    return (fs::read_symlink("/proc/self/exe").parent_path() / IMNET_MODULE_FROM_BIN / "libimnet_torch.so")
        .lexically_normal();
}

OpenTorchEngine* load_torch_engine() {
    const fs::path path = torch_module();
    if (!fs::exists(path)) {
        throw ModelError(fmt::format(
            "{}: the libtorch engine is not installed: build imnet with -DIMNET_TORCH=ON and install it",
            path.string()));
    }
    // Never closed: libtorch keeps threads and registries that outlive every engine.
    void* module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
        throw ModelError(fmt::format(
            "{}: cannot load the libtorch engine ({}): add the folder of libtorch.so to LD_LIBRARY_PATH",
            path.string(), dlerror()));
    }
    void* symbol = dlsym(module, open_torch_engine_symbol);
    if (symbol == nullptr) {
        throw ModelError(fmt::format(
            "{}: not a libtorch engine of this imnet: build and install both together", path.string()));
    }
    return reinterpret_cast<OpenTorchEngine*>(symbol);
}

}  // namespace

bool engine_installed() { return fs::exists(torch_module()); }

std::unique_ptr<Engine> open_engine(const Architecture& architecture, const Parameters& parameters,
                                    Device device) {
    static OpenTorchEngine* const open = load_torch_engine();
    return std::unique_ptr<Engine>(open(architecture, parameters, device));
}

}  // namespace imnet
