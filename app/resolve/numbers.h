#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace imnet::app {

/// The typed integer, or `fallback` if none was typed. Throws UsageError if it is outside the range.
int number_in_range(const std::optional<std::int64_t>& typed, std::string_view option, int smallest,
                    int largest, int fallback);

/// The same for a real number.
double real_in_range(const std::optional<double>& typed, std::string_view option, double smallest,
                     double largest, double fallback);

}  // namespace imnet::app
