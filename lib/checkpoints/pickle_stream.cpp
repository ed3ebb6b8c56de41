#include "checkpoints/pickle_stream.h"

#include "checkpoints/refusals.h"

namespace imnet::pickle {

Document Stream::next() {
    Document document = read(rest_);
    rest_ = rest_.subspan(document.size);
    return document;
}

std::span<const std::byte> Stream::take(std::uint64_t size) {
    if (size > rest_.size())
        refuse("the file ends too early: it is cut or damaged: copy or download it again");
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
}

std::span<const std::byte> Stream::take_storage(const ElementType& type) {
    const auto count = number<std::uint64_t>();
    // A count that overflows in bytes is more than any file holds.
    return take(count > UINT64_MAX / type.size ? UINT64_MAX : count * type.size);
}

}  // namespace imnet::pickle
