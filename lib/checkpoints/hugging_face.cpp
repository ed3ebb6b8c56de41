#include "checkpoints/hugging_face.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/json.h"
#include "checkpoints/refusals.h"

namespace imnet {
namespace {

constexpr std::array weights_names{"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
                                   "pytorch_model.bin.index.json"};
constexpr std::size_t longest_json = 1 << 20;
constexpr std::size_t longest_config = 16 << 20;  // 21,843 classes with descriptions take more than 1 MB

bool is_plain_file_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

/// The shard of each tensor.
std::map<std::string, std::string> weight_map_of(std::span<const std::byte> index) {
    if (index.size() > longest_json) refuse("its index of shards is longer than 1 MB: refused");
    const Json json = Json::parse_or_null(as_text(index));
    const Json* found = json.find("weight_map");
    if (found == nullptr || !found->is_object() || found->size() == 0) {
        refuse("its index of shards has no weight_map: the file is truncated or damaged");
    }
    std::map<std::string, std::string> map;
    for (const auto& [tensor, shard] : found->members())
        map[tensor] = shard.is_string() ? shard.get<std::string>() : "";
    return map;
}

}  // namespace

bool is_shard_index(std::span<const std::byte> file) {
    const std::string_view start = as_text(file.first(std::min(file.size(), longest_json)));
    return start.starts_with("{") && start.find("\"weight_map\"") != std::string_view::npos;
}

std::set<std::string> shards_of_index(std::span<const std::byte> index) {
    constexpr std::size_t most_shards = 1000;
    std::set<std::string> shards;
    for (const auto& [tensor, shard] : weight_map_of(index)) {
        if (!is_plain_file_name(shard)) {
            refuse(fmt::format("its index places the tensor {} outside of its folder: refused",
                               in_quotes(tensor)));
        }
        shards.insert(shard);
    }
    if (shards.size() > most_shards) refuse(fmt::format("its index names more than {} shards", most_shards));
    return shards;
}

StateDict read_shards(std::span<const std::byte> index, const std::filesystem::path& folder,
                      const ReadShard& read_shard) {
    const std::map<std::string, std::string> weight_map = weight_map_of(index);
    const std::set<std::string> shards = shards_of_index(index);
    StateDict result;
    std::set<std::string> found;
    auto owners = std::make_shared<std::vector<std::shared_ptr<const void>>>();
    for (const std::string& file_name : shards) {
        StateDict shard = read_shard(folder / file_name);
        result.container = fmt::format("{}, {} shards", shard.container, shards.size());
        owners->push_back(std::move(shard.owner));
        for (auto& [name, tensor] : shard.tensors) {
            if (!found.insert(name).second)
                refuse(fmt::format("two shards hold the tensor {}", in_quotes(name)));
            const auto entry = weight_map.find(name);
            if (entry == weight_map.end() || entry->second != file_name) {
                refuse(fmt::format("the index does not name the tensor {} of the shard {}", in_quotes(name),
                                   in_quotes(file_name)));
            }
            result.tensors.emplace_back(std::move(name), std::move(tensor));
        }
    }
    for (const auto& [name, shard] : weight_map) {
        if (found.contains(name)) continue;
        refuse(fmt::format(
            "the tensor {} is missing from the shard that the index names: download the shards again",
            in_quotes(name)));
    }
    result.owner = std::move(owners);
    return result;
}

std::filesystem::path weights_in_folder(const std::filesystem::path& folder) {
    for (const char* name : weights_names) {
        std::error_code ignored;
        if (std::filesystem::exists(folder / name, ignored)) return folder / name;
    }
    refuse(
        "this folder holds neither model.safetensors nor pytorch_model.bin: give the file of weights itself");
}

void add_configs(const std::filesystem::path& weights, StateDict& state_dict) {
    const std::string file_name = weights.filename().string();
    if (std::find(weights_names.begin(), weights_names.end(), file_name) == weights_names.end()) return;
    for (const char* name : {"config.json", "preprocessor_config.json"}) {
        const auto config = weights.parent_path() / name;
        std::error_code failed;
        const auto size = std::filesystem::file_size(config, failed);
        if (failed) continue;
        if (size > longest_config)
            refuse(fmt::format("the {} beside it is longer than 16 MB: refused", name));
        std::string text(size, '\0');
        std::ifstream file(config, std::ios::binary);
        if (!file.read(text.data(), static_cast<std::streamsize>(size)))
            refuse(fmt::format("the {} beside it cannot be read", name));
        state_dict.metadata.emplace_back(name, std::move(text));
    }
}

}  // namespace imnet
