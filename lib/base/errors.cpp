#include "base/errors.h"

namespace imnet {

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

}  // namespace imnet
