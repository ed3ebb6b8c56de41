#include "training/finetune.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/file_lock.h"
#include "base/interruption.h"
#include "base/output_file.h"
#include "checkpoints/checkpoint.h"
#include "evaluation/evaluate.h"
#include "models/split_architecture.h"
#include "training/features.h"
#include "training/finetune_settings.h"
#include "training/learning_curve.h"
#include "training/trained_model.h"

namespace imnet {
namespace {

constexpr int validation_batch = 8;

// Reports each picture once, although it fails in every epoch.
class BadPictures {
public:
    explicit BadPictures(const FinetuneEvents& events) : events_(events) {}

    void report(const BadPicture& picture) {
        if (known_.insert(picture.path).second && events_.on_bad_picture) events_.on_bad_picture(picture);
    }

private:
    const FinetuneEvents& events_;
    std::set<std::string> known_;
};

// The weight of class c is n / (k · n_c), for n pictures, k classes and n_c pictures of that class.
std::vector<float> balanced_weights(std::span<const LabelledImage> images, int classes) {
    std::vector<float> weights(static_cast<std::size_t>(classes));
    for (const LabelledImage& image : images) ++weights[static_cast<std::size_t>(image.target)];
    for (float& weight : weights) {
        weight = static_cast<float>(images.size()) / (static_cast<float>(classes) * weight);
    }
    return weights;
}

std::optional<Evaluation> evaluate_pictures(const Model& model, const FinetuneOptions& options,
                                            const StateDict& weights, std::span<const LabelledImage> images,
                                            BadPictures& bad) try {
    const Parameters parameters = bind_parameters(model.architecture, weights, "the trained weights");
    const auto engine = open_engine(model.architecture, parameters, options.engine);
    ClassifyOptions classifying;
    classifying.preprocessing = options.preprocessing;
    classifying.classes = classifying.top = model.architecture.classes;
    classifying.threads = options.engine.threads;
    classifying.batch = options.engine.batch;
    classifying.fixed_batch = true;
    std::unordered_map<std::string_view, int> targets;
    for (const LabelledImage& image : images) targets.emplace(image.path, image.target);
    Evaluation evaluation(model.architecture.classes);
    std::size_t next = 0;
    evaluate(
        [&]() -> std::optional<Input> {
            if (next == images.size()) return std::nullopt;
            return Input{images[next++].path};
        },
        [&](std::string_view path) { return std::optional(targets.at(path)); }, *engine, classifying,
        evaluation,
        [&](std::span<const Row> rows) {
            for (const Row& row : rows) {
                if (!row.top) bad.report({row.path, row.top.error()});
            }
        });
    return evaluation;
} catch (const NotFinite&) {
    return std::nullopt;
}

std::optional<Evaluation> evaluate_features(Trainer& trainer, const Features& features, int classes) try {
    Evaluation evaluation(classes);
    const auto width = static_cast<std::size_t>(classes);
    std::vector<float> logits(features.targets.size() * width);
    trainer.logits(features.values, static_cast<int>(features.targets.size()), logits);
    refuse_non_finite(logits);
    for (std::size_t i = 0; i < features.targets.size(); ++i) {
        evaluation.add({"", top_k(std::span(logits).subspan(i * width, width), classes)},
                       features.targets[i]);
    }
    return evaluation;
} catch (const NotFinite&) {
    return std::nullopt;
}

std::vector<EpochResult> train_whole(const Model& model, const ParentWeights& parent, const Split& pictures,
                                     const FinetuneOptions& options,
                                     const std::optional<TrainingState>& state,
                                     const FinetuneEvents& events) {
    TrainerOptions training = options.trainer;
    training.trainable = parameters_to_train(model.architecture, options.freeze.stages);
    training.input_shape = {options.augmentation.size, options.augmentation.size, 3};
    const auto trainer = open_trainer(model.architecture, model.parameters, training);
    BadPictures bad(events);
    TrainingTask task;
    task.epoch = [&](const EpochPlan& plan) -> NextBatch {
        auto batches = std::make_shared<TrainingBatches>(pictures.train, options.augmentation, plan);
        return [&bad, batches] {
            auto batch = batches->next();
            for (const BadPicture& picture : batches->bad_pictures()) bad.report(picture);
            return batch;
        };
    };
    task.validate = [&](Trainer& trained) {
        return evaluate_pictures(model, options, trained.weights(), pictures.validation, bad);
    };
    task.keep = [&](Trainer& trained, const EpochResult& point) {
        write_trained_model(model, parent, options, trained.weights(), point);
    };
    return train(*trainer, task, options.loop, state, events.loop);
}

std::vector<EpochResult> train_head(const Model& model, const ParentWeights& parent, const Split& pictures,
                                    FinetuneOptions options, const std::optional<TrainingState>& state,
                                    const FinetuneEvents& events) {
    BadPictures bad(events);
    if (events.on_remark) {
        events.on_remark(fmt::format("computing the features of {} pictures, once for all epochs",
                                     pictures.train.size() + pictures.validation.size()));
    }
    const Architecture trunk = backbone(model.architecture);
    const auto engine = open_engine(trunk, model.parameters, options.engine);
    const auto features_of = [&](std::span<const LabelledImage> images) {
        Features features =
            backbone_features(*engine, options.preprocessing, images, static_cast<std::size_t>(trunk.classes),
                              options.engine.threads, options.engine.batch);
        for (const BadPicture& picture : features.bad_pictures) bad.report(picture);
        return features;
    };
    const Features features = features_of(pictures.train);
    const Features held_back = features_of(pictures.validation);
    const Architecture classifier = head(model.architecture);
    TrainerOptions training = options.trainer;
    training.trainable.assign(classifier.parameters.size(), true);
    training.input_shape = {static_cast<std::int64_t>(features.width)};
    const auto trainer = open_trainer(classifier, head_parameters(model, classifier), training);
    options.loop.pictures = features.targets.size();
    TrainingTask task;
    task.epoch = [&](const EpochPlan& plan) -> NextBatch {
        auto batches = std::make_shared<FeatureBatches>(features, plan);
        return [batches] { return batches->next(); };
    };
    task.validate = [&](Trainer& trained) {
        return evaluate_features(trained, held_back, model.architecture.classes);
    };
    task.keep = [&](Trainer& trained, const EpochResult& point) {
        write_trained_model(model, parent, options, trained.weights(), point);
    };
    return train(*trainer, task, options.loop, state, events.loop);
}

void write_text(const std::string& path, std::string_view text) {
    OutputFile out(path);
    out.write(text);
    out.commit();
}

void write_curve(const std::string& output, std::span<const EpochResult> curve) {
    std::string table(learning_curve_csv_header());
    for (const EpochResult& epoch : curve) table += learning_curve_csv_row(epoch);
    write_text(output + ".csv", table);
    write_text(output + ".svg", learning_curve_svg(curve, std::filesystem::path(output).filename().native()));
}

// The settings in the metadata of a trained model; nothing if the file does not exist or has none.
std::optional<std::string> finished_settings(const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return std::nullopt;
    for (const auto& [key, text] : read_checkpoint(path, {.keep_names = true}).metadata) {
        if (key == "training") return text;
    }
    return std::nullopt;
}

// Whether `output` holds a finished training with these settings. With other settings, throws, because
// resuming must not overwrite another model.
bool is_finished(const std::string& output, const std::string& settings) {
    const auto before = finished_settings(output);
    if (before && *before != settings) {
        throw UsageError(fmt::format(
            "{}: holds a finished training, and not this one: {}; leave out --resume to replace it, or "
            "choose another -o FILE",
            output, differing_settings(*before, settings)));
    }
    return before.has_value();
}

// Training and validation use the same image size, interpolation, mean and std.
void apply_preprocessing(FinetuneOptions& options) {
    const Preprocessing& preprocessing = options.preprocessing;
    options.augmentation.size = preprocessing.image_size;
    options.augmentation.interpolation = preprocessing.interpolation;
    options.augmentation.mean = preprocessing.mean;
    options.augmentation.std = preprocessing.std;
    options.engine.image_size = preprocessing.image_size;
    options.engine.batch = validation_batch;
}

}  // namespace

std::vector<EpochResult> finetune(const Model& model, const Split& pictures, FinetuneOptions options,
                                  bool resume, FinetuneEvents events) {
    const GracefulStop graceful;
    apply_preprocessing(options);
    const FileLock lock(options.output + ".lock", [&] {
        throw UsageError(fmt::format("{}: another training is writing it: wait, or choose another -o FILE",
                                     options.output));
    });
    if (pictures.validation.empty()) {
        throw UsageError(
            "there are no validation pictures: give --val DIR, or more than one picture a class");
    }
    if (options.balanced_classes) {
        options.trainer.class_weights = balanced_weights(pictures.train, model.architecture.classes);
    }
    const ParentWeights parent = parent_weights(model.provenance);
    options.loop.settings = training_settings(model, parent, pictures, options);
    options.loop.state_path = state_path(options.output);
    options.loop.pictures = pictures.train.size();
    options.loop.classes = model.architecture.classes;
    options.loop.size = options.augmentation.size;
    options.loop.smallest_batch = options.freeze.backbone ? 1 : 2;
    const auto state = read_state(options.loop.state_path);
    if (state && !resume) {
        throw UsageError(fmt::format(
            "{}: an unfinished training is kept in it: --resume continues it; remove the file to start again",
            options.loop.state_path));
    }
    if (state && state->settings != options.loop.settings) {
        throw UsageError(
            fmt::format("{}: cannot go on: {}; give the same options, or remove it to start again",
                        options.loop.state_path, differing_settings(state->settings, options.loop.settings)));
    }
    if (!state && resume && is_finished(options.output, options.loop.settings)) return {};
    // If the program was killed after it wrote the state, the file of the curve may lack the last epoch.
    if (state && !state->progress.curve.empty()) write_curve(options.output, state->progress.curve);
    events.loop.on_epoch = [&, tell = events.loop.on_epoch](std::span<const EpochResult> curve) {
        write_curve(options.output, curve);
        if (tell) tell(curve);
    };
    return options.freeze.backbone ? train_head(model, parent, pictures, options, state, events)
                                   : train_whole(model, parent, pictures, options, state, events);
}

}  // namespace imnet
