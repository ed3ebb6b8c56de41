#include "checkpoints/torch_tar.h"

#include <cstdint>
#include <deque>
#include <map>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "checkpoints/pickle.h"
#include "checkpoints/pickle_globals.h"
#include "checkpoints/pickle_stream.h"
#include "checkpoints/refusals.h"
#include "checkpoints/tar.h"
#include "checkpoints/tensor_views.h"
#include "checkpoints/wrappings.h"

namespace imnet {
namespace {

using Bytes = std::span<const std::byte>;
using pickle::Value;

[[noreturn]] void refuse_member(std::string_view member) {
    refuse(
        fmt::format("the tar member {} makes no sense: the file is damaged or hostile", in_quotes(member)));
}

template <typename T>
const T& expect(const Value& value, std::string_view member) {
    const T* expected = std::get_if<T>(&value);
    if (expected == nullptr) refuse_member(member);
    return *expected;
}

/// The items of a tuple of that many.
std::span<const Value> tuple_items(const Value& value, std::size_t size, std::string_view member) {
    const pickle::Sequence& tuple = *expect<pickle::Sequence*>(value, member);
    if (tuple.items.size() != size) refuse_member(member);
    return tuple.items;
}

std::uint64_t count_of(const Value& value, std::string_view member) {
    const auto count = expect<std::int64_t>(value, member);
    if (count < 0 || count > static_cast<std::int64_t>(most_tensors)) refuse_member(member);
    return static_cast<std::uint64_t>(count);
}

/// The archive's storages and tensors by the numbers that name them.
class Objects {
public:
    Objects(Bytes storages, Bytes tensors) {
        read_storages(storages);
        read_tensors(tensors);
    }

    /// The tensor or storage of that number, as the object's persistent ids ask for them.
    Value operator()(std::int64_t number) {
        if (const auto tensor = tensors_.find(number); tensor != tensors_.end()) return &tensor->second;
        return &find_storage(number);
    }

    Bytes bytes_of(const pickle::Storage& storage) const {
        return view_storage(storage, bytes_.at(&storage));
    }

private:
    static constexpr std::string_view storages_member = "storages";
    static constexpr std::string_view tensors_member = "tensors";

    const pickle::Storage& find_storage(std::int64_t number) const {
        const auto storage = storages_.find(number);
        if (storage == storages_.end())
            refuse("the pickle asks for an object that the archive does not hold: refused");
        return storage->second;
    }

    void add_storage(std::int64_t number, const ElementType* type, Bytes bytes) {
        const auto count = static_cast<std::int64_t>(bytes.size() / type->size);
        const auto [storage, is_new] = storages_.try_emplace(
            number, pickle::Storage{.key = {}, .type = type, .count = count, .view_count = count});
        if (!is_new || storages_.size() > most_tensors) refuse_member(storages_member);
        bytes_.emplace(&storage->second, bytes);
    }

    void read_storages(Bytes member) {
        pickle::Stream stream(member);
        const std::uint64_t count = count_of(stream.next().root, storages_member);
        for (std::uint64_t i = 0; i < count; ++i) {
            const pickle::Document head = stream.next();
            const auto items = tuple_items(head.root, 3, storages_member);
            const pickle::Global& storage_class = *expect<const pickle::Global*>(items[2], storages_member);
            if (storage_class.kind != pickle::GlobalKind::storage_class) refuse_member(storages_member);
            add_storage(expect<std::int64_t>(items[0], storages_member), storage_class.type,
                        stream.take_storage(*storage_class.type));
        }
        const pickle::Document views = stream.next();
        for (const Value& view : expect<pickle::Sequence*>(views.root, storages_member)->items) {
            const auto items = tuple_items(view, 4, storages_member);
            const auto number = [&](std::size_t i) {
                return expect<std::int64_t>(items[i], storages_member);
            };
            pickle::Storage part = find_storage(number(1));
            const Bytes whole = bytes_.at(&find_storage(number(1)));
            part.view_offset = number(2);
            part.view_count = number(3);
            add_storage(number(0), part.type, view_storage(part, whole));
        }
    }

    void read_tensors(Bytes member) {
        constexpr std::int32_t most_dimensions = 16;
        pickle::Stream stream(member);
        const std::uint64_t count = count_of(stream.next().root, tensors_member);
        for (std::uint64_t i = 0; i < count; ++i) {
            const pickle::Document head = stream.next();
            const auto items = tuple_items(head.root, 3, tensors_member);
            pickle::Tensor tensor;
            if (!std::holds_alternative<pickle::None>(items[1])) {
                tensor.storage = &find_storage(expect<std::int64_t>(items[1], tensors_member));
                tensor.type = tensor.storage->type;
            }
            const auto dimensions = stream.number<std::int32_t>();
            stream.take(4);
            if (dimensions < 0 || dimensions > most_dimensions) refuse_member(tensors_member);
            for (std::int32_t d = 0; d < dimensions; ++d) tensor.shape.push_back(natural(stream));
            for (std::int32_t d = 0; d < dimensions; ++d) tensor.strides.push_back(natural(stream));
            tensor.offset = natural(stream);
            const auto key = expect<std::int64_t>(items[0], tensors_member);
            if (!tensors_.emplace(key, std::move(tensor)).second) refuse_member(tensors_member);
        }
    }

    static std::int64_t natural(pickle::Stream& stream) {
        const auto number = stream.number<std::int64_t>();
        if (number < 0) refuse_member(tensors_member);
        return number;
    }

    std::map<std::int64_t, pickle::Storage> storages_;
    std::map<const pickle::Storage*, Bytes> bytes_;
    std::map<std::int64_t, pickle::Tensor> tensors_;
};

}  // namespace

StateDict read_torch_tar(Bytes file, const CheckpointOptions& options) {
    const auto members = read_tar(file);
    const auto member = [&](std::string_view name) {
        const auto found = members.find(name);
        if (found != members.end()) return found->second;
        refuse(fmt::format(
            "this is a tar archive without {}, so no file of torch.save: if it holds a checkpoint, unpack "
            "it with 'tar -x' first",
            in_quotes(name)));
    };
    const Bytes object = member("pickle");
    Objects objects(member("storages"), member("tensors"));
    const pickle::Document document = pickle::read(object, std::ref(objects));
    StateDict result = unwrap(
        document.root, [&](const pickle::Storage& storage) { return objects.bytes_of(storage); }, false,
        options);
    result.container = "torch.save (tar)";
    return result;
}

}  // namespace imnet
