// How a run can fail. An exception ends the run and is caught once, in app/run.cpp. An error of one image
// is a value (`InputError`) and becomes part of its row.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace imnet {

/// The command line cannot be used: exit status 2.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The model, its weights or its class names were rejected: exit status 3.
struct ModelError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The output cannot be written, or a resource of the machine failed: exit status 4.
struct OutputError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws OutputError: the path, and what the errno value says.
[[noreturn]] void throw_output_error(std::string_view path, int error);

/// The kinds of errors of one input: the `kind` of a row's error.
enum class InputErrorKind { not_found, permission, io, format, decode, limits };

/// The name that rows show: `not_found`, `permission`, `io`, `format`, `decode` or `limits`.
std::string_view name(InputErrorKind kind);

/// Why one input has no predictions. The message is one line and does not repeat the path.
struct InputError {
    InputErrorKind kind;
    std::string message;
};

/// The kind and message for a failed system call.
InputError error_from_errno(int error);

/// A value, or the reason why this one input failed.
template <typename T>
using Expected = tl::expected<T, InputError>;

/// Makes the error of an `Expected`.
inline tl::unexpected<InputError> input_error(InputErrorKind kind, std::string message) {
    return tl::unexpected(InputError{kind, std::move(message)});
}

}  // namespace imnet
