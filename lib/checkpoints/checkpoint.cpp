#include "checkpoints/checkpoint.h"

#include <memory>
#include <span>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/errors.h"
#include "base/mapped_file.h"
#include "checkpoints/hugging_face.h"
#include "checkpoints/key_layouts.h"
#include "checkpoints/refusals.h"
#include "checkpoints/safetensors.h"
#include "checkpoints/torch_legacy.h"
#include "checkpoints/torch_zip.h"

namespace imnet {
namespace {

StateDict read_container(std::span<const std::byte> bytes, const CheckpointOptions& options) {
    if (bytes.empty()) refuse("the file is empty: copy or download it again");
    if (as_text(bytes).starts_with("PK")) return read_torch_zip(bytes, options);
    if (is_safetensors(bytes)) return read_safetensors(bytes);
    if (is_torch_legacy(bytes)) return read_torch_legacy(bytes, options);
    refuse(describe_foreign_file(bytes));
}

/// Calls `what` and puts the path in front of the message of every error.
StateDict with_path(const std::filesystem::path& path, auto&& what) try {
    return what();
} catch (const ModelError& error) {
    const std::string start = path.string() + ": ";
    if (std::string_view(error.what()).starts_with(start)) throw;
    throw ModelError(start + error.what());
} catch (const std::system_error& error) {
    throw ModelError(
        fmt::format("{}: cannot read the checkpoint: {}", path.string(), error.code().message()));
}

StateDict read_file(const std::filesystem::path& path, const CheckpointOptions& options) {
    return with_path(path, [&] {
        auto file = std::make_shared<MappedFile>(path);
        StateDict result = read_container(file->bytes(), options);
        result.owner = std::move(file);
        return result;
    });
}

}  // namespace

StateDict read_checkpoint(const std::filesystem::path& path, const CheckpointOptions& options) {
    return with_path(path, [&] {
        const auto weights = std::filesystem::is_directory(path) ? weights_in_folder(path) : path;
        const MappedFile index(weights);
        StateDict result =
            is_shard_index(index.bytes())
                ? read_shards(index.bytes(), weights.parent_path(),
                              [&](const std::filesystem::path& shard) { return read_file(shard, options); })
                : read_file(weights, options);
        add_configs(weights, result);
        if (!options.keep_names) use_native_names(result);
        return result;
    });
}

std::vector<std::filesystem::path> checkpoint_files(const std::filesystem::path& path) {
    const auto weights = std::filesystem::is_directory(path) ? weights_in_folder(path) : path;
    std::vector<std::filesystem::path> files{weights};
    const MappedFile index(weights);
    if (!is_shard_index(index.bytes())) return files;
    for (const std::string& shard : shards_of_index(index.bytes())) {
        files.push_back(weights.parent_path() / shard);
    }
    return files;
}

}  // namespace imnet
