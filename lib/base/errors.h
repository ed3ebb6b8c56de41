// How a run can fail. An exception ends the run and is caught once, in app/; what is wrong with one
// image is a value (`InputError`) that travels with its row.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace imnet {

/// The command line makes no sense: exit status 2.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The model, its weights or its labels were rejected: exit status 3.
struct ModelError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The output cannot be written, or a resource of the machine failed: exit status 4.
struct OutputError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What is wrong with one input; the names are the `kind` of a row's error.
enum class InputErrorKind { not_found, permission, io, format, decode, limits };

/// The name that rows show: `not_found`, `permission`, `io`, `format`, `decode` or `limits`.
std::string_view name(InputErrorKind kind);

/// Why one input has no labels. The message is one line and does not repeat the path.
struct InputError {
    InputErrorKind kind;
    std::string message;
};

/// The kind and message for a failed system call.
InputError error_from_errno(int error);

/// A value, or the reason why this one input failed.
template <typename T>
using Expected = tl::expected<T, InputError>;

/// Shorthand for the failing side of `Expected`.
inline tl::unexpected<InputError> input_error(InputErrorKind kind, std::string message) {
    return tl::unexpected(InputError{kind, std::move(message)});
}

}  // namespace imnet
