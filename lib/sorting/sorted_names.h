// How folders and files are called that pictures are sorted into.
#pragma once

#include <string>
#include <vector>

#include "codecs/sniff.h"
#include "models/class_names.h"

namespace imnet {

/// A folder name for every class, in index order: its label, made fit for a file system. '/' and
/// control characters become '_', so does a leading '.'; at most 200 bytes are kept. Where two
/// classes would get the same name, their index stands behind it: "crane (134)", "crane (517)".
std::vector<std::string> folder_names(const ClassNames& class_names);

/// The name where others have taken it: "a.jpg", "a-2.jpg", "a-3.jpg" … for 1, 2, 3. It stays within
/// 255 bytes.
std::string numbered_name(const std::string& file, int number);

/// A name for a picture that is no file of its own: "-" becomes "stdin.jpg"; others keep theirs, with
/// the format's ending where they have none.
std::string name_of_stream(const std::string& file, PictureFormat format);

}  // namespace imnet
