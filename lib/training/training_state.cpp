#include "training/training_state.h"

#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/mapped_file.h"
#include "checkpoints/safetensors.h"
#include "checkpoints/write_safetensors.h"

namespace imnet {
namespace {

constexpr std::string_view weights_prefix = "weights/";
constexpr std::string_view optimizer_prefix = "optimizer/";
constexpr const char* settings_key = "settings";
constexpr const char* progress_key = "progress";

Json to_json(const TrainingProgress& progress) {
    Json curve = Json::array();
    for (const EpochResult& point : progress.curve) {
        curve.push_back(
            Json::array({point.epoch, point.learning_rate, point.train_loss, point.validation_loss,
                         point.validation_top1, point.validation_top5, point.seconds}));
    }
    return {{"epoch", progress.epoch},
            {"batch", progress.batch},
            {"loss_sum", progress.loss_sum},
            {"pictures", progress.pictures},
            {"curve", curve}};
}

TrainingProgress from_json(const Json& json) {
    TrainingProgress progress;
    progress.epoch = json.at("epoch").get<int>();
    progress.batch = json.at("batch").get<int>();
    progress.loss_sum = json.at("loss_sum").get<double>();
    progress.pictures = json.at("pictures").get<std::uint64_t>();
    for (const Json& point : json.at("curve").elements()) {
        const auto value = [&](std::size_t index) { return point.at(index).get<double>(); };
        progress.curve.push_back(
            {point.at(0).get<int>(), value(1), value(2), value(3), value(4), value(5), value(6)});
    }
    return progress;
}

std::string metadata(const StateDict& state_dict, std::string_view wanted) {
    for (const auto& [key, text] : state_dict.metadata) {
        if (key == wanted) return text;
    }
    return "";
}

}  // namespace

std::string state_path(const std::string& output) { return output + ".state"; }

void write_state(const std::string& path, const TrainingState& state) {
    StateDict file;
    file.metadata = {{settings_key, state.settings}, {progress_key, to_json(state.progress).dump()}};
    for (const auto& [name, tensor] : state.weights.tensors)
        file.tensors.emplace_back(std::string(weights_prefix) + name, tensor);
    for (const auto& [name, tensor] : state.optimizer.tensors)
        file.tensors.emplace_back(std::string(optimizer_prefix) + name, tensor);
    write_safetensors(path, file);
}

std::optional<TrainingState> read_state(const std::string& path) try {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return std::nullopt;
    const auto file = std::make_shared<MappedFile>(path);
    StateDict all = read_safetensors(file->bytes());
    TrainingState state;
    state.settings = metadata(all, settings_key);
    state.progress = from_json(Json::parse(metadata(all, progress_key)));
    state.weights.owner = state.optimizer.owner = file;
    for (auto& [name, tensor] : all.tensors) {
        const bool weight = std::string_view(name).starts_with(weights_prefix);
        StateDict& part = weight ? state.weights : state.optimizer;
        part.tensors.emplace_back(name.substr(weight ? weights_prefix.size() : optimizer_prefix.size()),
                                  std::move(tensor));
    }
    return state;
} catch (const std::exception& error) {
    throw ModelError(
        fmt::format("{}: not the state of a training ({}): remove it to start again", path, error.what()));
}

}  // namespace imnet
