#include "resolve/resolve_size.h"

#include "preprocess/stated_preprocessing.h"
#include "resolve/numbers.h"

namespace imnet::app {

Preprocessing at_size(const TypedSize& typed, Preprocessing own) {
    const int size = number_in_range(typed.image_size, "--size", 32, 1024, own.image_size);
    own.short_side =
        number_in_range(typed.short_side, "--short-side", size, 4096, proportional_short_side(own, size));
    own.image_size = size;
    return own;
}

}  // namespace imnet::app
