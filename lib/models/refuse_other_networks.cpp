#include "models/refuse_other_networks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/json.h"
#include "models/checkpoint_config.h"

namespace imnet {
namespace {

const Parameter* find_parameter(const Architecture& architecture, std::string_view name) {
    const auto found = std::ranges::find(architecture.parameters, name, &Parameter::name);
    return found == architecture.parameters.end() ? nullptr : &*found;
}

// The numbers of blocks of the stages, as transformers' `depths`.
std::vector<int> depths(const Architecture& architecture) {
    std::vector<int> numbers;
    for (const std::string& stage : architecture.stages) {
        numbers.push_back(
            static_cast<int>(std::ranges::count_if(architecture.modules, [&](const Module& each) {
                return each.path.starts_with(stage + ".") &&
                       each.path.find('.', stage.size() + 1) == std::string::npos;
            })));
    }
    return numbers;
}

// The channels that leave the stages, as transformers' `hidden_sizes`.
std::vector<std::int64_t> widths(const Architecture& architecture) {
    std::vector<std::int64_t> channels;
    for (const std::string& stage : architecture.stages) {
        std::int64_t widest = 0;
        for (const Parameter& parameter : architecture.parameters) {
            if (parameter.shape.size() == 4 && parameter.name.starts_with(stage + "."))
                widest = std::max(widest, parameter.shape[0]);
        }
        channels.push_back(widest);
    }
    return channels;
}

class Settings {
public:
    Settings(const Json& config, const Architecture& architecture, std::string_view source)
        : config_(config), architecture_(architecture), source_(source) {}

    [[noreturn]] void refuse(std::string_view key, const Json& value, std::string_view why) const {
        throw ModelError(fmt::format("{}: its config.json says {}: {}: {}", source_, key, value.dump(), why));
    }

    // Refuses the setting unless it is left out or as in this network.
    void expect(std::string_view key, const Json& expected) const {
        const Json* value = config_.find(key);
        if (value == nullptr || value->is_null() || *value == expected) return;
        refuse(key, *value, fmt::format("{} has {}", architecture_.name, expected.dump()));
    }

    void check_model_type() const {
        const Json* type = config_.find("model_type");
        constexpr std::array known{"resnet", "timm_wrapper", "timm_backbone"};
        if (type == nullptr || std::ranges::any_of(known, [&](auto name) { return *type == name; })) return;
        refuse(
            "model_type", *type,
            fmt::format("imnet does not know this network: if it computes what {} computes, use --model {}",
                        architecture_.name, architecture_.name));
    }

    void check_transformers() const {
        expect("hidden_act", "relu");
        expect("downsample_in_first_stage", false);
        expect("downsample_in_bottleneck", false);
        expect("num_channels", 3);
        const Parameter* stem = find_parameter(architecture_, "conv1.weight");
        if (stem == nullptr) return;
        const bool bottleneck = find_parameter(architecture_, "layer1.0.conv3.weight") != nullptr;
        expect("layer_type", bottleneck ? "bottleneck" : "basic");
        expect("embedding_size", stem->shape[0]);
        expect("depths", depths(architecture_));
        expect("hidden_sizes", widths(architecture_));
    }

    void check_timm() const {
        check_pool(config_);
        const Parameter* head = find_parameter(architecture_, architecture_.head + ".weight");
        if (head != nullptr) expect("num_features", head->shape.at(1));
        const Json* arguments = config_.find("model_args");
        if (arguments == nullptr || !arguments->is_object()) return;
        check_pool(*arguments);
        for (const auto& [key, value] : arguments->members()) {
            if (!is_harmless(key, value)) {
                refuse("model_args: " + key, value,
                       fmt::format("imnet has {} without it", architecture_.name));
            }
        }
    }

private:
    void check_pool(const Json& object) const {
        const Json* pool = object.find("global_pool");
        if (pool == nullptr || pool->is_null()) return;
        if (*pool == "avg" || *pool == "fast" || *pool == "fastavg") return;
        refuse("global_pool", *pool, fmt::format("{} takes the average", architecture_.name));
    }

    // Whether timm's net with this argument computes what it computes without. Some count in training only.
    bool is_harmless(std::string_view key, const Json& value) const {
        constexpr std::array of_training{"drop_rate", "drop_path_rate", "drop_block_rate", "zero_init_last",
                                         "pretrained"};
        constexpr std::array checked_elsewhere{"num_classes", "global_pool", "scriptable", "exportable"};
        if (value.is_null() || std::ranges::find(of_training, key) != of_training.end() ||
            std::ranges::find(checked_elsewhere, key) != checked_elsewhere.end())
            return true;
        if (key == "act_layer") {
            return value == "relu" && std::ranges::none_of(architecture_.steps, [](const Step& step) {
                       return step.activation == Activation::relu6;
                   });
        }
        return (key == "in_chans" && value == 3) || (key == "output_stride" && value == 32);
    }

    const Json& config_;
    const Architecture& architecture_;
    std::string_view source_;
};

}  // namespace

void refuse_other_networks(const StateDict& state_dict, const Architecture& architecture, bool named_by_user,
                           std::string_view source) {
    const Json config = read_config(state_dict);
    const Settings settings(config, architecture, source);
    if (!named_by_user) settings.check_model_type();
    if (config.contains("architecture"))
        settings.check_timm();
    else
        settings.check_transformers();
}

}  // namespace imnet
