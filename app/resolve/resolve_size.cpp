#include "resolve/resolve_size.h"

#include "base/errors.h"
#include "resolve/numbers.h"

namespace imnet::app {

TypedSize resolve_size(const Options& options) {
    if (options.test_size && options.size) throw UsageError("--size and --test-size contradict each other");
    return {options.size, options.short_side};
}

Preprocessing at_size(const TypedSize& typed, Preprocessing own) {
    const int size = number_in_range(typed.image_size, "--size", 32, 1024, own.image_size);
    const int proportional =
        static_cast<int>(static_cast<double>(own.short_side) * size / own.image_size + 0.5);
    own.short_side = number_in_range(typed.short_side, "--short-side", size, 4096, proportional);
    own.image_size = size;
    return own;
}

}  // namespace imnet::app
