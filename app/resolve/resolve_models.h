// Resolves the arguments of `imnet models`.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace imnet::app {

struct ModelsRun {
    std::vector<std::string> words;  ///< each must be in the name or family of a model that is listed
    bool json = false;
};

ModelsRun resolve_models(const Options& options);

}  // namespace imnet::app
