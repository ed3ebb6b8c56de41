#include <cstddef>
#include <cstdint>
#include <span>

#include "base/errors.h"
#include "checkpoints/torch_zip.h"
#include "touch_tensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        imnet::touch_tensors(imnet::read_torch_zip(std::as_bytes(std::span(data, size))));
    } catch (const imnet::ModelError&) {  // an error is the right answer to bad bytes
    }
    return 0;
}
