#include "models/model.h"

#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

#include "base/errors.h"
#include "base/sha256.h"
#include "checkpoints/write_safetensors.h"
#include "models/checkpoint_metadata.h"
#include "models/published_weights.h"
#include "state_dict_of.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

// A resnet18 for two classes, as a file.
std::filesystem::path two_classes(const test::TemporaryFolder& folder,
                                  const Preprocessing* stated = nullptr) {
    const Architecture net = architecture("resnet18", 2);
    StateDict state_dict = test::state_dict_of(net);
    const ClassNames class_names{{"oak", ""}, {"beech", ""}};
    if (stated != nullptr) state_dict.metadata = checkpoint_metadata(net, class_names, *stated);
    write_safetensors((folder / "trees.safetensors").native(), state_dict);
    return folder / "trees.safetensors";
}

template <typename Error>
std::string refusal(const ModelRequest& request) {
    try {
        load_model(request);
    } catch (const Error& error) {
        return error.what();
    }
    return "loaded";
}

}  // namespace

TEST_CASE("random weights follow the seed, and the user is warned") {
    const ModelRequest request{.source = RandomSource{.seed = 7}, .architecture = "resnet18"};
    const Model model = load_model(request);
    CHECK(model.architecture.name == "resnet18");
    CHECK(model.class_names.size() == 1000);
    CHECK(model.class_names[281].name == "tabby");
    CHECK(model.provenance.weights == "random, seed 7");
    CHECK(model.provenance.path.empty());
    CHECK(weights_sha256(model.provenance) == "random, seed 7");
    CHECK(parent_weights(model.provenance).sha256.empty());
    REQUIRE(model.notes.size() == 1);
    CHECK(model.notes[0].kind == ModelNote::Kind::warning);
    CHECK(model.parameters.at(0)[0] == load_model(request).parameters.at(0)[0]);
    CHECK(model.parameters.at(0)[0] != random_parameters(model.architecture, 8).at(0)[0]);
}

TEST_CASE("without a name a checkpoint has the architecture that its tensors fit") {
    const test::TemporaryFolder folder;
    const auto path = two_classes(folder);
    const Model model = load_model({.source = CheckpointSource{path}});
    CHECK(model.architecture.name == "resnet18");
    CHECK(model.architecture.classes == 2);
    CHECK(model.class_names == numbered_class_names(2));
    CHECK(model.provenance.weights == path.native());
    CHECK(model.provenance.recognised_by == RecognisedBy::nothing);
    CHECK(weights_sha256(model.provenance) == sha256(std::string_view(test::contents(path))));
    CHECK(parent_weights(model.provenance).name == "trees.safetensors");
    REQUIRE(model.notes.size() == 1);
    CHECK(model.notes[0].kind == ModelNote::Kind::remark);
    CHECK(model.notes[0].text == path.native() + ": resnet18 with 2 classes");
    const Model named = load_model({.source = CheckpointSource{path}, .architecture = "resnet18"});
    CHECK(named.notes.at(0).text == model.notes[0].text);
    CHECK(refusal<ModelError>({.source = CheckpointSource{path}, .architecture = "resnet50"})
              .find("does not fit") != std::string::npos);
}

TEST_CASE("what a checkpoint states counts, and a file of class names more") {
    const test::TemporaryFolder folder;
    Preprocessing stated;
    stated.image_size = 96;
    const auto path = two_classes(folder, &stated);
    const Model model = load_model({.source = CheckpointSource{path}});
    CHECK(model.class_names[1].name == "beech");
    CHECK(model.preprocessing.image_size == 96);
    CHECK(model.provenance.recognised_by == RecognisedBy::metadata);
    const auto names = folder.write("names", "elm\nash\n");
    CHECK(load_model({.source = CheckpointSource{path}, .class_names = names}).class_names[0].name == "elm");
}

TEST_CASE("published weights that are not on this machine are not replaced") {
    const test::TemporaryFolder folder;
    for (const char* name : {"IMNET_CACHE", "TORCH_HOME", "HF_HUB_CACHE"})
        ::setenv(name, folder.path().c_str(), 1);
    CHECK(refusal<ModelError>({}).find("imnet weights fetch --model resnet50 IMAGENET1K_V2") !=
          std::string::npos);
    CHECK(refusal<ModelError>({.source = PublishedSource{"V3"}}).find("IMAGENET1K_V1, IMAGENET1K_V2") !=
          std::string::npos);
    CHECK(refusal<UsageError>({.architecture = "resnet5O"}).find("resnet50") != std::string::npos);
    for (const char* name : {"IMNET_CACHE", "TORCH_HOME", "HF_HUB_CACHE"}) ::unsetenv(name);
}

TEST_CASE("the test size is taken if it is asked for, and refused if there is none") {
    const ModelRequest asked{.source = RandomSource{}, .architecture = "resnetv2_50", .test_size = true};
    CHECK(load_model(asked).preprocessing.image_size == 288);
    CHECK(load_model({.source = RandomSource{}, .architecture = "resnetv2_50"}).preprocessing.image_size ==
          224);
    CHECK(refusal<UsageError>({.source = RandomSource{}, .architecture = "resnet18", .test_size = true}) ==
          "--test-size: only one size of resnet18 is known, 224 pixels: leave --test-size out");
}

TEST_CASE("the weights that are named state the preprocessing where a checkpoint does not") {
    const test::TemporaryFolder folder;
    const auto path = two_classes(folder);
    const ModelRequest request{
        .source = CheckpointSource{path}, .architecture = "resnet18", .preprocessing_of = "IMAGENET1K_V1"};
    CHECK(load_model(request).preprocessing == find_published("resnet18", "IMAGENET1K_V1")->preprocessing);
}

TEST_CASE("a file with the name of published weights has their preprocessing") {
    const test::TemporaryFolder folder;
    const PublishedWeights& published = *default_weights("resnet18");
    std::filesystem::rename(two_classes(folder), folder / published.file);
    const Model model = load_model({.source = CheckpointSource{folder / published.file}});
    CHECK(model.provenance.recognised_by == RecognisedBy::file_name);
    CHECK(model.preprocessing.short_side == published.preprocessing.short_side);
}

TEST_CASE("a model gets a new head for other classes, and keeps its own for the same") {
    const Model model =
        load_model({.source = RandomSource{.seed = 1, .classes = 2}, .architecture = "resnet18"});
    const std::size_t head = model.architecture.parameters.size() - 2;  // fc.weight
    const Model kept = with_class_names(model, model.class_names, 5);
    CHECK(kept.parameters.at(head).data() == model.parameters.at(head).data());
    const Model other = with_class_names(model, {{"oak", ""}, {"beech", ""}, {"elm", ""}}, 5);
    CHECK(other.architecture.classes == 3);
    CHECK(other.class_names[2].name == "elm");
    CHECK(other.parameters.at(head).size() == 3 * 512);
    CHECK(other.parameters.at(0).data() == model.parameters.at(0).data());
    CHECK(other.provenance.weights == "random, seed 1");
}
