#pragma once

#include <string>

namespace imnet {

/// The text with the letters A to Z in lower case; other bytes, such as those of UTF-8, stay as they are.
inline std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

}  // namespace imnet
