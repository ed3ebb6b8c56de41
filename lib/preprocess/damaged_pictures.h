#pragma once

#include <cstddef>
#include <string_view>

namespace imnet {

/// Remembers that the picture of this path is damaged and was used all the same. Any thread may call it, and
/// again for the same picture.
void note_damaged_picture(std::string_view path);

/// How many pictures were noted, each counted once.
std::size_t damaged_pictures();

}  // namespace imnet
