#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imnet {

/// Whether the bytes are well-formed UTF-8 (RFC 3629: no surrogates, nothing over U+10FFFF, no
/// overlong forms).
bool is_utf8(std::string_view bytes);

/// The text, with U+FFFD for each byte that is not part of well-formed UTF-8.
std::string replace_invalid_utf8(std::string_view bytes);

/// The text made safe for a terminal: invalid bytes become U+FFFD, control characters (C0, DEL, C1)
/// become '?', so that a file name cannot move the cursor or break a line.
std::string sanitise_for_terminal(std::string_view bytes);

/// The longest prefix of the text that has at most `most` bytes and ends at a character boundary.
std::string_view whole_characters(std::string_view text, std::size_t most);

}  // namespace imnet
