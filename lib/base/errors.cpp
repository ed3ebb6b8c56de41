#include "base/errors.h"

#include <cerrno>
#include <system_error>

namespace imnet {

void throw_output_error(std::string_view path, int error) {
    throw OutputError(std::string(path) + ": " + std::generic_category().message(error));
}

std::string_view name(InputErrorKind kind) {
    switch (kind) {
        case InputErrorKind::not_found: return "not_found";
        case InputErrorKind::permission: return "permission";
        case InputErrorKind::io: return "io";
        case InputErrorKind::format: return "format";
        case InputErrorKind::decode: return "decode";
        case InputErrorKind::limits: return "limits";
    }
    return "io";
}

InputError error_from_errno(int error) {
    const std::string message = std::generic_category().message(error);
    if (error == ENOENT || error == ENOTDIR) return {InputErrorKind::not_found, message};
    if (error == EACCES || error == EPERM) return {InputErrorKind::permission, message};
    return {InputErrorKind::io, message};
}

}  // namespace imnet
