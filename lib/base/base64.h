#pragma once

#include <string>
#include <string_view>

namespace imnet {

/// RFC 4648 base64, padded.
std::string base64(std::string_view bytes);

}  // namespace imnet
