// Decides in which order and in which memory a net runs on a CPU. It computes nothing itself.
#pragma once

#include <cstddef>
#include <vector>

#include "models/fused_net.h"

namespace imnet {

/// A range of steps that a few images at a time go through, so that what one step writes is still in the
/// cache when the next step reads it.
struct Section {
    std::size_t first = 0;  ///< of the steps
    std::size_t last = 0;   ///< one past
    int images = 1;         ///< at a time; a power of two
};

/// Memory that several values use one after another.
struct Buffer {
    std::size_t bytes = 0;     ///< in all
    bool whole_batch = false;  ///< holds a value of every image of the batch, not of one pass only
};

struct Schedule {
    std::vector<Section> sections;
    std::vector<int> buffer_of;  ///< by value; -1 for the input, the logits and what is never stored
    std::vector<Buffer> buffers;
};

/// What a step reads and writes for the images that go through together should fit into this many bytes:
/// about a core's share of the caches. Measured: a larger value is slower where activations are large, a
/// smaller one where weights are large.
inline constexpr std::size_t usual_working_set = std::size_t{4} << 20U;

/// Plans batches of up to `batch` images. `value_bytes` is the size of each value of one image, by
/// number. Sums go into the memory of their residual.
Schedule schedule(const FusedNet& net, const std::vector<std::size_t>& value_bytes, int batch,
                  std::size_t working_set = usual_working_set);

}  // namespace imnet
