#include "resolve/numbers.h"

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet::app {

int number_in_range(const std::optional<std::int64_t>& typed, std::string_view option, int smallest,
                    int largest, int fallback) {
    if (!typed) return fallback;
    if (*typed < smallest || *typed > largest) {
        throw UsageError(
            fmt::format("{} {}: it takes a number from {} to {}", option, *typed, smallest, largest));
    }
    return static_cast<int>(*typed);
}

double real_in_range(const std::optional<double>& typed, std::string_view option, double smallest,
                     double largest, double fallback) {
    if (!typed) return fallback;
    if (!(*typed >= smallest && *typed <= largest)) {
        throw UsageError(
            fmt::format("{} {}: it takes a number from {} to {}", option, *typed, smallest, largest));
    }
    return *typed;
}

}  // namespace imnet::app
