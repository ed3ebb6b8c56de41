#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/errors.h"

namespace imnet {

/// One image to classify. What cannot be listed or opened is an input too, with its error.
struct Input {
    std::string path;                                  ///< as given, or folder/name; "-" is standard input
    bool named = false;                                ///< given by the user, not found in a folder
    std::optional<InputError> error = {};              ///< why there is nothing to read
    std::optional<std::vector<std::byte>> bytes = {};  ///< what it holds, where it has been read already
};

}  // namespace imnet
