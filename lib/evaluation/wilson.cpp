#include "evaluation/wilson.h"

#include <algorithm>
#include <cmath>

namespace imnet {

Interval wilson_interval(std::uint64_t successes, std::uint64_t trials) {
    if (trials == 0) return {};
    constexpr double z = 1.959963984540054;  // the normal distribution's quantile at 97.5 %
    const auto n = static_cast<double>(trials);
    const double share = static_cast<double>(successes) / n;
    const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    // At 0 and 1 the bound is the share itself, which rounding could miss.
    return {successes == 0 ? 0 : std::max(0.0, centre - half),
            successes == trials ? 1 : std::min(1.0, centre + half)};
}

}  // namespace imnet
