#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace imnet::app {

/// A whole number that must lie in a range; `fallback` where it was not typed. Throws UsageError.
int number_in_range(const std::optional<std::int64_t>& typed, std::string_view option, int smallest,
                    int largest, int fallback);

/// The same of a number that need not be whole.
double real_in_range(const std::optional<double>& typed, std::string_view option, double smallest,
                     double largest, double fallback);

}  // namespace imnet::app
