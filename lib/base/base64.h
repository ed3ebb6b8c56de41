#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imnet {

/// RFC 4648 base64, padded.
std::string base64(std::string_view bytes);

/// The decoded bytes of padded base64; nothing where it is not well formed.
std::optional<std::string> bytes_of_base64(std::string_view text);

}  // namespace imnet
