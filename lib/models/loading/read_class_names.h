#pragma once

#include <filesystem>

#include "models/class_names.h"

namespace imnet {

/// Reads the class names of a model from a UTF-8 file, in one of these forms: one name a line, in index
/// order; a number (the index) and a name in each line, or a name and a number; a wnid and a name; a CSV file
/// with a header; JSON: `["tench", …]`, `{"0": "tench", …}`, `{"tench": 0, …}` or `{"0": ["n01440764",
/// "tench"], …}`. Throws ModelError if the file cannot be read, is not UTF-8, mixes these forms (with the
/// first line that differs), or does not have a name for each of `classes` classes.
ClassNames read_class_names(const std::filesystem::path& path, int classes);

}  // namespace imnet
