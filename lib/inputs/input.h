#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/errors.h"

namespace imnet {

/// One image to classify. A path that cannot be listed or opened is an input too, with its error.
struct Input {
    std::string path;                      ///< as given, or folder/name; "-" is standard input
    bool named = false;                    ///< the user gave this path; it was not found in a folder
    std::optional<InputError> error = {};  ///< why there is nothing to read
    std::optional<std::vector<std::byte>> bytes = {};  ///< its contents, if they were read already
};

/// Returns one input after the other, nothing at the end.
using NextInput = std::function<std::optional<Input>()>;

}  // namespace imnet
