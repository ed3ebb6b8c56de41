// The older form of torch.save: pickles and storages that follow one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "checkpoints/pickle.h"

namespace imnet::pickle {

class Stream {
public:
    explicit Stream(std::span<const std::byte> bytes) : rest_(bytes) {}

    /// The pickle that comes next.
    Document next();

    /// The storage that comes next, as `_write_file` puts it: an int64 count of elements, then their bytes.
    /// Throws ModelError where the file ends before.
    std::span<const std::byte> take_storage(const ElementType& type);

private:
    std::span<const std::byte> take(std::uint64_t size);

    std::span<const std::byte> rest_;
};

}  // namespace imnet::pickle
