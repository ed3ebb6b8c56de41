#include "checkpoints/torch_zip.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.h"
#include "checkpoints/pickle.h"
#include "checkpoints/refusals.h"
#include "checkpoints/tensor_views.h"
#include "checkpoints/wrappings.h"
#include "checkpoints/zip.h"

namespace imnet {
namespace {

using Directory = std::span<const ZipEntry>;

/// Refuses the archives of other programs, which are compressed or lack the object.
void refuse_other_archives(std::span<const std::byte> file) {
    const std::vector<std::string_view> names = list_zip_names(file);
    const auto any_name = [&](auto&& matches) { return std::any_of(names.begin(), names.end(), matches); };
    if (any_name([](std::string_view name) {
            return name.ends_with("/constants.pkl") || name.find("/code/") != std::string_view::npos;
        })) {
        refuse(
            "this is a TorchScript archive, which holds a program, not a state dict: in Python, "
            "torch.save(torch.jit.load(…).state_dict(), …)");
    }
    if (any_name([](std::string_view name) { return name == "model.weights.h5"; })) {
        refuse(
            "this is a Keras model, not a PyTorch checkpoint: give a state dict of torch.save or a "
            "safetensors "
            "file");
    }
}

/// The folder that holds all entries.
std::string_view root_folder(Directory directory) {
    constexpr std::string_view object = "/data.pkl";
    for (const ZipEntry& entry : directory) {
        if (!entry.name.ends_with(object)) continue;
        const std::string_view folder = entry.name.substr(0, entry.name.size() - object.size());
        if (folder.find('/') == std::string_view::npos) return folder;
    }
    refuse(
        "this is a zip archive without data.pkl, so it is not a file of torch.save: give a state dict of "
        "torch.save or a "
        "safetensors file");
}

bool is_big_endian(Directory directory, std::string_view folder) {
    const ZipEntry* entry = find_entry(directory, fmt::format("{}/byteorder", folder));
    if (entry == nullptr) return false;
    check_crc(*entry);
    const std::string_view order = as_text(entry->bytes);
    if (order != "little" && order != "big")
        refuse(fmt::format("its byte order is {}: refused", in_quotes(order)));
    return order == "big";
}

/// The storages of one archive; each is checked when it is first asked for.
class Storages {
public:
    Storages(Directory directory, std::string_view folder) : directory_(directory), folder_(folder) {}

    std::span<const std::byte> operator()(const pickle::Storage& storage) {
        const ZipEntry* entry = find_entry(directory_, fmt::format("{}/data/{}", folder_, storage.key));
        if (entry == nullptr) {
            refuse(fmt::format("the storage {} is missing from the archive: the file is damaged or hostile",
                               in_quotes(storage.key)));
        }
        const auto bytes = view_storage(storage, entry->bytes);
        if (checked_.insert(entry).second) check_crc(*entry);
        return bytes;
    }

private:
    Directory directory_;
    std::string_view folder_;
    std::set<const ZipEntry*> checked_;
};

}  // namespace

StateDict read_torch_zip(std::span<const std::byte> file, const CheckpointOptions& options) {
    refuse_other_archives(file);
    const std::vector<ZipEntry> directory = read_zip_directory(file);
    const std::string_view folder = root_folder(directory);
    const ZipEntry& object = *find_entry(directory, fmt::format("{}/data.pkl", folder));
    check_crc(object);
    const pickle::Document document = pickle::read(object.bytes);
    StateDict result =
        unwrap(document.root, Storages(directory, folder), is_big_endian(directory, folder), options);
    result.container = "torch.save (zip)";
    return result;
}

}  // namespace imnet
