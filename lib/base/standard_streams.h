// Standard input, output and error of a program, which may be closed, full, or a pipe without a reader.
#pragma once

#include <string_view>

#include <unistd.h>

namespace imnet {

/// Makes a standard stream that cannot be used an error of the call that uses it, and nothing else. A file
/// that is opened later never takes the number of a closed stream; a pipe without a reader and a limit on the
/// size of files send no signal. To be called first in main.
void secure_standard_streams();

/// Whether standard input can be read. It cannot where it is closed (`<&-`).
bool standard_input_is_open();

/// Prints text that is for people. What cannot be printed is dropped, so that it changes nothing else.
void print_for_people(std::string_view text, int stream = STDERR_FILENO) noexcept;

}  // namespace imnet
