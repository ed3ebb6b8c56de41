// The older forms of torch.save: pickles, numbers and raw bytes that follow one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "checkpoints/pickle.h"

namespace imnet::pickle {

class Stream {
public:
    explicit Stream(std::span<const std::byte> bytes) : rest_(bytes) {}

    /// The pickle that comes next.
    Document next();

    /// The bytes that come next; throws ModelError where there are fewer.
    std::span<const std::byte> take(std::uint64_t size);

    /// The little-endian number that comes next.
    template <typename T>
    T number() {
        return load<T>(take(sizeof(T)), 0);
    }

    /// A storage as `_write_file` puts it: an int64 count of elements, then their bytes.
    std::span<const std::byte> take_storage(const ElementType& type);

private:
    std::span<const std::byte> rest_;
};

}  // namespace imnet::pickle
