#include "base/loaded_module.h"

#include <dlfcn.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string_view>

#include <fmt/format.h>

namespace imnet {
namespace {

namespace fs = std::filesystem;

// AddressSanitizer replaces functions itself and refuses RTLD_DEEPBIND.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool sanitized = false;
#endif

// The build tree and an installation have the same layout, so one relative path serves both.
fs::path path_of(const LoadedModule& module) {
    return (fs::read_symlink("/proc/self/exe").parent_path() / IMNET_MODULE_FROM_BIN / module.file)
        .lexically_normal();
}

tl::expected<void*, std::string> load(const LoadedModule& module) {
    const fs::path path = path_of(module);
    if (!fs::exists(path)) {
        return tl::unexpected(
            fmt::format("{}: {} is not installed: {}", path.string(), module.name, module.if_absent));
    }
    // Never closed: the libraries keep threads and global objects that outlive every use.
    const int replacing = module.replaces_functions && !sanitized ? RTLD_DEEPBIND : 0;
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | replacing);
    if (handle == nullptr) {
        return tl::unexpected(fmt::format("{}: cannot load {} ({}): {}", path.string(), module.name,
                                          dlerror(), module.if_not_loading));
    }
    return handle;
}

}  // namespace

tl::expected<void*, std::string> module_function(const LoadedModule& module, const char* symbol) {
    static std::mutex mutex;
    static std::map<std::string_view, void*> loaded;  // by file
    const std::lock_guard lock(mutex);
    void*& handle = loaded[module.file];
    if (handle == nullptr) {
        const auto opened = load(module);
        if (!opened) return tl::unexpected(opened.error());
        handle = *opened;
    }
    void* function = dlsym(handle, symbol);
    if (function == nullptr) {
        return tl::unexpected(fmt::format(
            "{}: this module does not belong to this imnet (it has no {}): build and install both "
            "together",
            path_of(module).string(), symbol));
    }
    return function;
}

bool module_installed(const LoadedModule& module) { return fs::exists(path_of(module)); }

}  // namespace imnet
