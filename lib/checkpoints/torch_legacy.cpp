#include "checkpoints/torch_legacy.h"

#include <cstdint>
#include <map>
#include <string_view>
#include <variant>

#include <fmt/format.h>

#include "base/bytes.h"
#include "checkpoints/pickle.h"
#include "checkpoints/pickle_stream.h"
#include "checkpoints/refusals.h"
#include "checkpoints/tensor_views.h"
#include "checkpoints/wrappings.h"

namespace imnet {
namespace {

// The number, followed by STOP. Before it is the protocol, 2 unless the user asked for another, and from
// protocol 4 on a frame.
constexpr std::string_view magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
constexpr std::string_view frame("\x95\x0d\0\0\0\0\0\0\0", 9);

void check_protocol(const pickle::Value& value) {
    constexpr std::int64_t only = 1001;
    const auto* version = std::get_if<std::int64_t>(&value);
    if (version != nullptr && *version == only) return;
    refuse(
        "it is written in an unknown version of torch.save's older form: save it again with a newer PyTorch");
}

using Storages = std::map<std::string_view, std::span<const std::byte>>;

/// Reads the storages of the list from the rest of the file. Their types are in the object's ids.
Storages read_storages(pickle::Stream& stream, const pickle::Value& keys, const pickle::Document& object) {
    std::map<std::string_view, const ElementType*> types;
    for (const pickle::Storage* storage : object.storages) types.emplace(storage->key, storage->type);
    const auto* list = std::get_if<pickle::Sequence*>(&keys);
    if (list == nullptr) refuse("its list of storages is not a list: the file is damaged or hostile");
    Storages storages;
    for (const pickle::Value& item : (*list)->items) {
        const auto* key = std::get_if<pickle::Text>(&item);
        const auto type = key == nullptr ? types.end() : types.find(key->characters);
        if (type == types.end())
            refuse("its list names a storage that no tensor uses: the file is damaged or hostile");
        const bool is_new = storages.emplace(key->characters, stream.take_storage(*type->second)).second;
        if (!is_new) {
            refuse(fmt::format("the storage {} is in the file twice: the file is damaged or hostile",
                               in_quotes(key->characters)));
        }
    }
    return storages;
}

}  // namespace

bool is_torch_legacy(std::span<const std::byte> file) {
    std::string_view start = as_text(file);
    if (start.size() < 2 || start[0] != '\x80' || start[1] < 2 || start[1] > 5) return false;
    start.remove_prefix(2);
    if (start.starts_with(frame)) start.remove_prefix(frame.size());
    return start.starts_with(magic);
}

StateDict read_torch_legacy(std::span<const std::byte> file, const CheckpointOptions& options) {
    if (!is_torch_legacy(file)) refuse("it does not start with torch.save's magic number");
    pickle::Stream stream(file);
    stream.next();
    check_protocol(stream.next().root);
    stream.next();  // facts about the machine that wrote it; the storages are little-endian in any case
    const pickle::Document object = stream.next();
    const pickle::Document keys = stream.next();
    const Storages storages = read_storages(stream, keys.root, object);
    const auto bytes_of = [&](const pickle::Storage& storage) {
        const auto found = storages.find(storage.key);
        if (found == storages.end()) {
            refuse(fmt::format("the storage {} is missing from the file, which is damaged or hostile",
                               in_quotes(storage.key)));
        }
        return view_storage(storage, found->second);
    };
    StateDict result = unwrap(object.root, bytes_of, false, options);
    result.container = "torch.save (before 1.6)";
    return result;
}

}  // namespace imnet
