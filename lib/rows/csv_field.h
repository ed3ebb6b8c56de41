#pragma once

#include <string>

namespace imnet {

/// The field as RFC 4180 writes it: in quotes where it holds a comma, a quote or an end of line.
std::string csv_field(const std::string& text);

}  // namespace imnet
