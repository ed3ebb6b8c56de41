#pragma once

#include <string>

namespace imnet {

/// A field as in RFC 4180: in quotes if it holds a comma, a quote or an end of line.
std::string csv_field(const std::string& text);

}  // namespace imnet
