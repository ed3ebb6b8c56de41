// The names of the folders and files that pictures are sorted into.
#pragma once

#include <string>
#include <vector>

#include "codecs/sniff.h"
#include "models/class_names.h"

namespace imnet {

/// A folder name for every class, in index order: the class name, changed so that it can be a file name.
/// '/', control characters and a leading '.' become '_'; at most 200 bytes are kept. Where two classes would
/// get the same name, their index is added: "crane (134)", "crane (517)".
std::vector<std::string> folder_names(const ClassNames& class_names);

/// The names to try for a file, by number: "a.jpg", "a-2.jpg", "a-3.jpg" … for 1, 2, 3 … A name has at most
/// 255 bytes.
std::string numbered_name(const std::string& file, int number);

/// A name for a picture that is not a file of its own: "-" becomes "stdin.jpg"; others keep their name, and
/// get the ending of the format where they have none.
std::string name_of_stream(const std::string& file, PictureFormat format);

}  // namespace imnet
