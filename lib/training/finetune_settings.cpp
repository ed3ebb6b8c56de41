#include "training/finetune_settings.h"

#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "base/json.h"
#include "base/sha256.h"
#include "runs/settings.h"

namespace imnet {
namespace {

std::string_view name(Optimizer optimizer) {
    switch (optimizer) {
        case Optimizer::adam: return "adam";
        case Optimizer::adamw: return "adamw";
        case Optimizer::sgd: break;
    }
    return "sgd";
}

std::string name(Device device) {
    switch (device.kind) {
        case Device::Kind::automatic: return "auto";
        case Device::Kind::cpu: return "cpu";
        case Device::Kind::cuda: break;
    }
    return fmt::format("cuda:{}", device.index);
}

// Hashes the class and the last two parts of each path, so that the folder of the data set may be moved.
std::string hash_of(std::span<const LabelledImage> images, const ClassNames& class_names) {
    Sha256 hash;
    for (const LabelledImage& image : images) {
        const std::filesystem::path path(image.path);
        hash.add(fmt::format("{}\t{}\t{}/{}\n", image.target,
                             class_names.at(static_cast<std::size_t>(image.target)).name,
                             path.parent_path().filename().native(), path.filename().native()));
    }
    return hash.digits();
}

Json augmentation(const FinetuneOptions& options) {
    if (options.freeze.backbone) return nullptr;
    const Augmentation& augmentation = options.augmentation;
    return {{"size", augmentation.size},
            {"scale", augmentation.scale},
            {"flip", augmentation.flip},
            {"color_jitter", Json::array({augmentation.brightness, augmentation.contrast,
                                          augmentation.saturation, augmentation.hue})},
            {"mixup", options.loop.mixing.mixup_alpha},
            {"cutmix", options.loop.mixing.cutmix_alpha}};
}

Json optimizer(const FinetuneOptions& options) {
    const OptimizerOptions& chosen = options.trainer.optimizer;
    Json json{{"name", name(chosen.kind)},
              {"learning_rate", options.loop.learning_rate.base},
              {"weight_decay", chosen.weight_decay},
              {"clip_norm", chosen.clip_norm}};
    if (chosen.kind == Optimizer::sgd) json["momentum"] = chosen.momentum;
    return json;
}

/// The entries of a JSON object; empty if the text is not one.
Settings settings_of(const std::string& text) {
    const Json json = Json::parse_or_null(text);
    Settings settings;
    if (!json.is_object()) return settings;
    for (const auto& [key, value] : json.members()) settings.emplace_back(key, value.dump());
    return settings;
}

}  // namespace

std::string training_settings(const Model& model, const ParentWeights& parent, const Split& pictures,
                              const FinetuneOptions& options) {
    const Json json{{"architecture", model.architecture.name},
                    {"classes", model.architecture.classes},
                    {"parent", parent.name},
                    {"parent_sha256", parent.sha256},
                    {"frozen", options.freeze.backbone ? Json("backbone") : Json(options.freeze.stages)},
                    {"epochs", options.loop.epochs},
                    {"batch", options.loop.batch},
                    {"seed", options.loop.seed},
                    {"optimizer", optimizer(options)},
                    {"schedule", name(options.loop.learning_rate.schedule)},
                    {"warmup", options.loop.learning_rate.warmup_epochs},
                    {"label_smoothing", options.trainer.label_smoothing},
                    {"class_weights", options.balanced_classes ? "balanced" : "none"},
                    {"augmentation", augmentation(options)},
                    {"size", options.preprocessing.image_size},
                    {"resize", options.preprocessing.short_side},
                    {"precision", name(options.trainer.precision)},
                    {"device", name(options.trainer.device)},
                    {"threads", options.trainer.threads},
                    {"train_pictures", pictures.train.size()},
                    {"train_hash", hash_of(pictures.train, model.class_names)},
                    {"val_pictures", pictures.validation.size()},
                    {"val_hash", hash_of(pictures.validation, model.class_names)},
                    {"imnet", options.version}};
    return json.dump();
}

std::string differing_settings(const std::string& before, const std::string& now) {
    const auto shown = [](const std::string& value) { return value.empty() ? "null" : value; };
    std::string text;
    for (const ChangedSetting& setting : changed_settings(settings_of(before), settings_of(now))) {
        text += fmt::format("{}{} is {}, was {}", text.empty() ? "" : ", ", setting.name, shown(setting.is),
                            shown(setting.was));
    }
    return text;
}

}  // namespace imnet
