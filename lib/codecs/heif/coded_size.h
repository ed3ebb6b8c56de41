#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace imnet {

/// The pixels that an HEVC sequence parameter set states (a NAL unit, ITU-T H.265, 7.3.2.2); 0 if it cannot
/// be read.
std::uint64_t hevc_pixels(std::span<const std::byte> unit);

/// The largest picture that the sequence headers of an AV1 stream state (a list of OBUs, AV1 5.5); 0 if there
/// is none.
std::uint64_t av1_pixels(std::span<const std::byte> stream);

}  // namespace imnet
