#include "training/finetune_settings.h"

#include <doctest/doctest.h>

#include <functional>

#include "base/json.h"

using namespace imnet;

namespace {

struct Training {
    Model model;
    ParentWeights parent{"net.pth", "abc"};
    Split pictures{{{"/a/oak/1.jpg", 0}, {"/a/beech/2.jpg", 1}}, {{"/a/oak/3.jpg", 0}}};
    FinetuneOptions options;

    Training() {
        model.architecture = architecture("resnet18", 2);
        model.class_names = {{"oak", ""}, {"beech", ""}};
        options.version = "0.1.0";
    }

    std::string settings() const { return training_settings(model, parent, pictures, options); }
};

}  // namespace

TEST_CASE("settings are one line of JSON that says how a net was trained") {
    Training training;
    training.options.trainer.optimizer.kind = Optimizer::sgd;
    training.options.loop.epochs = 7;
    const std::string text = training.settings();
    CHECK(text.find('\n') == std::string::npos);
    const auto json = Json::parse(text);
    CHECK(json.at("architecture") == "resnet18");
    CHECK(json.at("classes") == 2);
    CHECK(json.at("parent") == "net.pth");
    CHECK(json.at("epochs") == 7);
    CHECK(json.at("frozen") == 0);
    CHECK(json.at("optimizer").at("name") == "sgd");
    CHECK(json.at("optimizer").at("momentum") == 0.9);
    CHECK(json.at("train_pictures") == 2);
    CHECK(json.at("imnet") == "0.1.0");
}

TEST_CASE("whatever decides about the weights changes the settings") {
    const std::function<void(Training&)> changes[] = {
        [](Training& t) { t.parent.sha256 = "def"; },
        [](Training& t) { t.model.class_names[1].name = "birch"; },
        [](Training& t) { t.pictures.train[0].path = "/a/oak/4.jpg"; },
        [](Training& t) { t.pictures.train[0].target = 1; },
        [](Training& t) { std::swap(t.pictures.train[0], t.pictures.train[1]); },
        [](Training& t) { t.pictures.validation.clear(); },
        [](Training& t) { t.options.freeze.stages = 1; },
        [](Training& t) { t.options.freeze.backbone = true; },
        [](Training& t) { t.options.loop.epochs = 11; },
        [](Training& t) { t.options.loop.batch = 31; },
        [](Training& t) { t.options.loop.seed = 1; },
        [](Training& t) { t.options.loop.learning_rate.base = 0.2; },
        [](Training& t) { t.options.loop.learning_rate.schedule = LearningRate::Schedule::step; },
        [](Training& t) { t.options.loop.learning_rate.warmup_epochs = 1; },
        [](Training& t) { t.options.loop.mixing.mixup_alpha = 0.2; },
        [](Training& t) { t.options.loop.mixing.cutmix_alpha = 1; },
        [](Training& t) { t.options.trainer.optimizer.kind = Optimizer::adamw; },
        [](Training& t) { t.options.trainer.optimizer.weight_decay = 0.1; },
        [](Training& t) { t.options.trainer.optimizer.clip_norm = 1; },
        [](Training& t) { t.options.trainer.label_smoothing = 0.1; },
        [](Training& t) { t.options.trainer.precision = Precision::bf16; },
        [](Training& t) { t.options.trainer.threads = 2; },
        [](Training& t) {
            t.options.trainer.device = {Device::Kind::cuda, 1};
        },
        [](Training& t) { t.options.balanced_classes = true; },
        [](Training& t) { t.options.augmentation.scale[0] = 0.5; },
        [](Training& t) { t.options.augmentation.flip = 0; },
        [](Training& t) { t.options.augmentation.saturation = 0.1; },
        [](Training& t) { t.options.preprocessing.image_size = 96; },
        [](Training& t) { t.options.preprocessing.short_side = 96; },
    };
    const std::string before = Training().settings();
    for (std::size_t i = 0; i < std::size(changes); ++i) {
        CAPTURE(i);
        Training training;
        changes[i](training);
        CHECK(training.settings() != before);
    }
}

TEST_CASE("where the pictures' folder is does not matter, nor where the model goes") {
    Training training;
    for (auto* images : {&training.pictures.train, &training.pictures.validation})
        for (LabelledImage& image : *images) image.path.replace(0, 2, "/some/where/else");
    training.options.output = "other.safetensors";
    CHECK(training.settings() == Training().settings());
}

TEST_CASE("what differs is said") {
    Training training;
    training.options.loop.epochs = 5;
    training.options.trainer.threads = 2;
    CHECK(differing_settings(training.settings(), Training().settings()) ==
          "epochs is 10, was 5, threads is 1, was 2");
    CHECK(differing_settings("not json", R"({"epochs":10})") == "epochs is 10, was null");
    CHECK(differing_settings(R"({"epochs":10})", R"({"epochs":10})").empty());
}
