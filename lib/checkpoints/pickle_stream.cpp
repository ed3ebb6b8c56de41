#include "checkpoints/pickle_stream.h"

#include "base/bytes.h"
#include "checkpoints/refusals.h"

namespace imnet::pickle {

Document Stream::next() {
    Document document = read(rest_);
    rest_ = rest_.subspan(document.size);
    return document;
}

std::span<const std::byte> Stream::take(std::uint64_t size) {
    if (size > rest_.size())
        refuse("the file ends too early: it is truncated or damaged: copy or download it again");
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
}

std::span<const std::byte> Stream::take_storage(const ElementType& type) {
    const auto count = load<std::uint64_t>(take(sizeof(std::uint64_t)), 0);
    // A count whose size in bytes overflows is larger than every file.
    return take(count > UINT64_MAX / type.size ? UINT64_MAX : count * type.size);
}

}  // namespace imnet::pickle
