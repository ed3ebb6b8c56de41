// Parts of the program that few runs need are shared libraries of their own. The program loads one with
// dlopen when it is first used.
#pragma once

#include <string>

#include <tl/expected.hpp>

namespace imnet {

/// Declares an exported function of a module.
#define IMNET_MODULE_FUNCTION extern "C" __attribute__((visibility("default")))

/// A module of this program.
struct LoadedModule {
    const char* file;            ///< its name in the folder of modules
    const char* name;            ///< in messages, such as "the oneDNN engine"
    const char* if_absent;       ///< what to do if the file is not there
    const char* if_not_loading;  ///< what to do if a library that it needs is not found
    bool replaces_functions =
        false;  ///< its own functions take the place of the C library's for what it needs
};

/// An exported function of a module. Loads the module at the first call; several threads may call. The error
/// is one line: the path of the module, what is wrong, and what to do.
tl::expected<void*, std::string> module_function(const LoadedModule& module, const char* symbol);

/// Whether the file of the module is there.
bool module_installed(const LoadedModule& module);

}  // namespace imnet
