#include "checkpoints/write_safetensors.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "base/json.h"
#include "base/output_file.h"

namespace imnet {
namespace {

static_assert(std::endian::native == std::endian::little, "the elements are written as they are in memory");

// The names of the types in the format.
std::string_view safetensors_name(DType dtype) {
    switch (dtype) {
        case DType::float64: return "F64";
        case DType::float32: return "F32";
        case DType::float16: return "F16";
        case DType::bfloat16: return "BF16";
        case DType::int64: return "I64";
        case DType::int32: return "I32";
        case DType::int16: return "I16";
        case DType::int8: return "I8";
        case DType::uint8: return "U8";
        case DType::boolean: return "BOOL";
    }
    return "F32";
}

std::string header(const StateDict& state_dict) {
    Json metadata;
    for (const auto& [key, text] : state_dict.metadata) metadata[key] = text;
    Json::Object header;
    if (metadata.size() > 0) header.emplace_back("__metadata__", std::move(metadata));
    std::uint64_t offset = 0;
    for (const auto& [name, tensor] : state_dict.tensors) {
        const std::uint64_t end =
            offset + static_cast<std::uint64_t>(tensor.element_count()) * size_of(tensor.dtype);
        header.emplace_back(name, Json{{"dtype", safetensors_name(tensor.dtype)},
                                       {"shape", tensor.shape},
                                       {"data_offsets", Json::array({offset, end})}});
        offset = end;
    }
    std::string text = Json(std::move(header)).dump();
    return text.append((8 - text.size() % 8) % 8, ' ');
}

}  // namespace

std::string contiguous_bytes(const TensorView& tensor) {
    const std::size_t size = size_of(tensor.dtype);
    const auto count = static_cast<std::size_t>(tensor.element_count());
    const auto* source = reinterpret_cast<const char*>(tensor.bytes.data());
    if (tensor.is_contiguous() && !tensor.big_endian) return {source, count * size};

    std::string bytes;
    bytes.reserve(count * size);
    std::vector<std::int64_t> index(tensor.shape.size(), 0);
    for (std::size_t element = 0; element < count; ++element) {
        std::int64_t offset = 0;
        for (std::size_t axis = 0; axis < index.size(); ++axis) offset += index[axis] * tensor.strides[axis];
        const char* first = source + static_cast<std::size_t>(offset) * size;
        bytes.append(first, size);
        if (tensor.big_endian) std::reverse(bytes.end() - static_cast<std::ptrdiff_t>(size), bytes.end());
        for (std::size_t axis = index.size(); axis-- > 0;) {  // the last axis changes fastest
            if (++index[axis] < tensor.shape[axis]) break;
            index[axis] = 0;
        }
    }
    return bytes;
}

void write_safetensors(const std::string& path, const StateDict& state_dict) {
    OutputFile out(path);
    const std::string text = header(state_dict);
    const std::uint64_t length = text.size();
    out.write({reinterpret_cast<const char*>(&length), sizeof length});
    out.write(text);
    for (const auto& [name, tensor] : state_dict.tensors) {
        out.write(contiguous_bytes(tensor));
        out.flush();
    }
    out.commit();
}

}  // namespace imnet
