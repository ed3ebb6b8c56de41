#include "resolve/resolve_pictures.h"

#include <cstdint>

#include "resolve/numbers.h"

namespace imnet::app {

ClassifyOptions resolve_pictures(const Options& options) {
    ClassifyOptions resolved;
    const int megapixels = number_in_range(options.max_megapixels, "--max-megapixels", 1, 2000, 200);
    resolved.limits.max_pixels = 1'000'000ULL * static_cast<std::uint64_t>(megapixels);
    if (options.damaged == "refuse") resolved.limits.damage = DamagePolicy::refuse;
    if (options.damaged == "keep") resolved.limits.damage = DamagePolicy::keep;
    resolved.draft = options.draft;
    resolved.batch = number_in_range(options.batch, "--batch", 1, 4096, 0);
    return resolved;
}

}  // namespace imnet::app
