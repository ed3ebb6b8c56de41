// The parts of JSON objects that all outputs share.
#pragma once

#include <string>
#include <string_view>

#include "base/errors.h"
#include "models/class_names.h"
#include "rows/top_k.h"

namespace imnet {

/// A JSON string; bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

/// The member "path", with "path_base64" where the path is not UTF-8.
std::string json_path(std::string_view path);

/// The member "error".
std::string json_error(const InputError& error);

/// {"index":281,"wnid":"n02123045","label":"tabby","prob":0.6213}
std::string json_prediction(const Prediction& prediction, const ClassNames& class_names);

}  // namespace imnet
