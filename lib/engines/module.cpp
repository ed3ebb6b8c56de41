#include "engines/module.h"

#include "base/errors.h"

namespace imnet {

namespace {

constexpr LoadedModule onednn_module{"libimnet_onednn.so", "the oneDNN engine",
                                     "build imnet with -DIMNET_ONEDNN=ON and install it",
                                     "add the folder of that library to LD_LIBRARY_PATH"};
constexpr LoadedModule torch_module{"libimnet_torch.so", "the libtorch engine",
                                    "build imnet with -DIMNET_TORCH=ON and install it",
                                    "add the folder of that library to LD_LIBRARY_PATH"};

const LoadedModule& module_of(EngineKind kind) {
    return kind == EngineKind::torch ? torch_module : onednn_module;
}

}  // namespace

void* module_function(EngineKind kind, const char* symbol) {
    const auto function = module_function(module_of(kind), symbol);
    if (!function) throw ModelError(function.error());
    return *function;
}

bool engine_installed(EngineKind kind) { return module_installed(module_of(kind)); }

}  // namespace imnet
