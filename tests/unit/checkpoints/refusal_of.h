#pragma once

#include <doctest/doctest.h>

#include "base/errors.h"

namespace imnet {

/// The message with which `read` refuses; "(not refused)" where it does not.
template <typename Read>
doctest::String refusal_of(Read&& read) {
    try {
        read();
    } catch (const ModelError& error) {
        return error.what();
    }
    return "(not refused)";
}

}  // namespace imnet
