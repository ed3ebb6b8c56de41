#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace imnet {

/// The formats that are decoded.
enum class PictureFormat { jpeg, png, webp, gif, bmp, tga, pnm, unknown };

/// Which format the first bytes belong to.
PictureFormat sniff(std::span<const std::byte> bytes);

/// What the bytes of an unknown format are instead, and what to do: one line for the user.
std::string describe_unknown(std::span<const std::byte> bytes);

}  // namespace imnet
