#pragma once

#include <cstdint>

namespace imnet {

/// A share between two bounds.
struct Interval {
    double low = 0;
    double high = 1;
};

/// The 95 % interval of a share of which `successes` of `trials` were seen (Wilson 1927, without
/// continuity correction). Without trials nothing is known: 0 to 1.
Interval wilson_interval(std::uint64_t successes, std::uint64_t trials);

}  // namespace imnet
