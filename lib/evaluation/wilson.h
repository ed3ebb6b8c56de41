#pragma once

#include <cstdint>

namespace imnet {

/// A share between two bounds.
struct Interval {
    double low = 0;
    double high = 1;
};

/// The 95 % interval of a share after `successes` of `trials` (Wilson 1927, without continuity correction).
/// It is 0 to 1 without trials.
Interval wilson_interval(std::uint64_t successes, std::uint64_t trials);

}  // namespace imnet
