#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imnet {

/// The name of a file or folder, if tools leave it beside pictures and nobody sees it there: "__MACOSX", or
/// "._*" for every name that starts so. Empty for any other name. Walks of folders and archives pass these
/// over at any depth.
std::string_view left_by_tools(std::string_view name);

/// The same for the first such part of a path inside an archive.
std::string_view part_left_by_tools(std::string_view path);

/// Remembers what a walk has passed over. Any thread may call it.
void note_passed_over(std::string_view left);

/// What was passed over so far, each name once, sorted.
std::vector<std::string> passed_over();

}  // namespace imnet
