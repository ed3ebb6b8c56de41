#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
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

/// Whether to wait for what another program is still to send.
enum class Wait { yes, no };

/// Inputs of which some may still be to come.
struct InputStream {
    /// Inputs that are all there: the next one never waits for another program.
    template <std::invocable Next>
    InputStream(Next next_input)
        : next([next_input = std::move(next_input)](Wait) mutable { return next_input(); }) {}

    InputStream(std::function<std::optional<Input>(Wait)> next_input, bool still_to_come)
        : next(std::move(next_input)), may_wait(still_to_come) {}

    /// The next input; nothing at the end. With `Wait::no` also nothing where the next one is not there yet.
    /// Throws Interrupted where it waits and a signal asks the program to stop.
    std::function<std::optional<Input>(Wait)> next;
    bool may_wait = false;  ///< another program may still be writing the list of inputs
};

}  // namespace imnet
