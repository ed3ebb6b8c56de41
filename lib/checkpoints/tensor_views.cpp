#include "checkpoints/tensor_views.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "checkpoints/refusals.h"

namespace imnet {
namespace {

[[noreturn]] void refuse_tensor(std::string_view name, std::string_view what) {
    refuse(fmt::format("the tensor {} {}: the file is damaged or hostile", in_quotes(name), what));
}

/// The number of elements from the first to the last that shape and strides reach.
std::int64_t reach(const pickle::Tensor& tensor, std::string_view name) {
    std::int64_t last = 0;
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
        std::int64_t step = 0;
        if (__builtin_mul_overflow(tensor.shape[i] - 1, tensor.strides[i], &step) ||
            __builtin_add_overflow(last, step, &last)) {
            refuse_tensor(name, "has strides that overflow");
        }
    }
    if (__builtin_add_overflow(last, std::int64_t{1}, &last))
        refuse_tensor(name, "has strides that overflow");
    return last;
}

}  // namespace

std::int64_t checked_element_count(std::span<const std::int64_t> shape, std::string_view name) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) {
        const bool overflows = __builtin_mul_overflow(count, std::max<std::int64_t>(size, 1), &count);
        if (overflows) refuse_tensor(name, "has a size that overflows");
    }
    return std::find(shape.begin(), shape.end(), 0) == shape.end() ? count : 0;
}

std::vector<std::int64_t> contiguous_strides(std::span<const std::int64_t> shape) {
    std::vector<std::int64_t> strides(shape.size());
    std::int64_t step = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        strides[i] = step;
        step *= std::max<std::int64_t>(shape[i], 1);
    }
    return strides;
}

void check_tensor_name(std::string_view name) {
    constexpr std::size_t longest = 512;
    if (name.empty() || name.size() > longest) {
        refuse(fmt::format("a tensor's name has {} bytes: names of 1 to {} are read", name.size(), longest));
    }
    if (!is_utf8(name)) refuse_tensor(name, "has a name that is not UTF-8");
}

TensorView view_tensor(std::string_view name, const pickle::Tensor& tensor, const StorageBytes& storage_bytes,
                       bool big_endian) {
    if (tensor.unsupported == "quantised" || (tensor.type != nullptr && tensor.type->quantised)) {
        refuse(fmt::format(
            "this is a quantised state dict (the tensor {} is {}): give the float model's state dict",
            in_quotes(name), tensor.type->name));
    }
    if (!tensor.unsupported.empty()) {
        refuse(fmt::format("the tensor {} is {}, which is not read: save it as a plain tensor",
                           in_quotes(name), tensor.unsupported));
    }
    if (tensor.storage == nullptr) refuse_tensor(name, "was created but never filled");
    if (!tensor.type->dtype) {
        refuse(fmt::format("the tensor {} is of type {}, which is not read: save it as float32",
                           in_quotes(name), tensor.type->name));
    }
    TensorView view{.dtype = *tensor.type->dtype,
                    .shape = {tensor.shape.begin(), tensor.shape.end()},
                    .strides = {tensor.strides.begin(), tensor.strides.end()},
                    .bytes = {},
                    .big_endian = big_endian};
    const std::int64_t elements = checked_element_count(view.shape, name);
    const std::span<const std::byte> storage = storage_bytes(*tensor.storage);
    if (elements == 0) return view;

    const auto held = static_cast<std::int64_t>(storage.size() / tensor.type->size);
    const std::int64_t reached = reach(tensor, name);
    if (tensor.offset > held || reached > held - tensor.offset)
        refuse_tensor(name, "reaches beyond its storage");
    // Only expanded tensors, with a stride of 0, have more elements than are stored.
    constexpr std::int64_t most_expanded = 1 << 24;
    if (elements > std::max(held, most_expanded)) refuse_tensor(name, "repeats a few elements without bound");
    view.bytes = storage.subspan(static_cast<std::size_t>(tensor.offset) * tensor.type->size,
                                 static_cast<std::size_t>(reached) * tensor.type->size);
    return view;
}

std::span<const std::byte> view_storage(const pickle::Storage& storage, std::span<const std::byte> bytes) {
    const std::uint64_t size = storage.type->size;
    const auto count = static_cast<std::uint64_t>(storage.count);
    if (bytes.size() % size != 0 || count != bytes.size() / size) {
        refuse(fmt::format(
            "the pickle says that the storage {} holds {} elements of {}, but it has {} bytes: the file "
            "is damaged or hostile",
            in_quotes(storage.key), count, storage.type->name, bytes.size()));
    }
    const auto offset = static_cast<std::uint64_t>(storage.view_offset);
    const auto view_count = static_cast<std::uint64_t>(storage.view_count);
    if (!fits(offset, view_count, count)) {
        refuse(fmt::format("a view of the storage {} reaches beyond it: the file is damaged or hostile",
                           in_quotes(storage.key)));
    }
    return bytes.subspan(offset * size, view_count * size);
}

}  // namespace imnet
