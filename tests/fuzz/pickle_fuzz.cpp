#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/errors.h"
#include "checkpoints/pickle.h"
#include "checkpoints/wrappings.h"
#include "touch_tensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::array<std::byte, 256> storage{};
    try {
        const auto document = imnet::pickle::read(std::as_bytes(std::span(data, size)));
        const auto bytes_of = [](const imnet::pickle::Storage&) {
            return std::span<const std::byte>(storage);
        };
        imnet::touch_tensors(imnet::unwrap(document.root, bytes_of, false, {}));
    } catch (const imnet::ModelError&) {  // an error is the right answer to bad bytes
    }
    return 0;
}
