#include "training/training_state.h"

#include <doctest/doctest.h>

#include <vector>

#include "base/errors.h"
#include "models/state_dict_of.h"
#include "temporary_folder.h"

using namespace imnet;

namespace {

std::vector<float> values_of(const StateDict& tensors, std::string_view name) {
    const TensorView* tensor = tensors.find(name);
    REQUIRE(tensor != nullptr);
    std::vector<float> values(static_cast<std::size_t>(tensor->element_count()));
    to_float32(*tensor, values);
    return values;
}

}  // namespace

TEST_CASE("a state is read back as it was written") {
    const test::TemporaryFolder folder;
    const std::string path = state_path(folder / "model.safetensors");
    CHECK(path.ends_with("/model.safetensors.state"));

    const std::vector<float> weight{1, -0.0F, 3e-42F, 4}, moment{0.1F, 0.2F, 0.3F, 0.4F}, step{17};
    TrainingState state;
    state.settings = R"({"epochs":5,"parent":"gräser \"x\""})";
    state.progress = {
        2, 7, 0.1 + 0.2, 96, {{1, 1e-3, 1.0 / 3, 0.7, 0.25, 1, 12.5}, {2, 5e-4, 2.0 / 3, 0.6, 0.5, 1, 13}}};
    state.weights.tensors.emplace_back("fc.weight", test::float32_view(weight, {2, 2}));
    state.optimizer.tensors.emplace_back("exp_avg.fc.weight", test::float32_view(moment, {2, 2}));
    state.optimizer.tensors.emplace_back("step.fc.weight", test::float32_view(step, {}));
    write_state(path, state);

    const auto read = read_state(path);
    REQUIRE(read.has_value());
    CHECK(read->settings == state.settings);
    CHECK(read->progress.epoch == 2);
    CHECK(read->progress.batch == 7);
    CHECK(read->progress.loss_sum == 0.1 + 0.2);  // to the last bit
    CHECK(read->progress.pictures == 96);
    REQUIRE(read->progress.curve.size() == 2);
    CHECK(read->progress.curve[0].train_loss == 1.0 / 3);
    CHECK(read->progress.curve[1].epoch == 2);
    CHECK(read->progress.curve[1].validation_top1 == 0.5);
    CHECK(read->progress.curve[1].seconds == 13);
    REQUIRE(read->weights.tensors.size() == 1);
    REQUIRE(read->optimizer.tensors.size() == 2);
    CHECK(values_of(read->weights, "fc.weight") == weight);
    CHECK(values_of(read->optimizer, "exp_avg.fc.weight") == moment);
    CHECK(values_of(read->optimizer, "step.fc.weight") == step);

    state.progress.batch = 8;
    write_state(path, state);  // replaces the previous one, which is still in use
    CHECK(read_state(path)->progress.batch == 8);
    CHECK(values_of(read->weights, "fc.weight") == weight);
}

TEST_CASE("a missing file gives no state") {
    const test::TemporaryFolder folder;
    CHECK_FALSE(read_state(folder / "model.safetensors.state").has_value());
}

TEST_CASE("another file is refused with its name and advice") {
    const test::TemporaryFolder folder;
    const auto refusal = [&](std::string_view bytes) -> std::string {
        try {
            read_state(folder.write("some.state", bytes));
        } catch (const ModelError& error) {
            return error.what();
        }
        return "no ModelError";
    };
    const std::string start = (folder / "some.state").native() + ": not the state of a training (";
    const std::string end = "): remove it to start again";
    const std::string empty_safetensors = std::string("\x02\0\0\0\0\0\0\0", 8) + "{}";
    for (const std::string& bytes : {std::string(), std::string("text"), empty_safetensors}) {
        CAPTURE(bytes);
        CHECK(refusal(bytes).starts_with(start));
        CHECK(refusal(bytes).ends_with(end));
    }
}

TEST_CASE("a state that is cut is refused") {
    const test::TemporaryFolder folder;
    const std::vector<float> weight(64, 1);
    TrainingState state;
    state.settings = "{}";
    state.weights.tensors.emplace_back("w", test::float32_view(weight, {64}));
    const std::string path = (folder / "a.state").native();
    write_state(path, state);
    const std::string whole = test::contents(path);
    for (const std::size_t size : {std::size_t{4}, std::size_t{40}, whole.size() - 1}) {
        folder.write("a.state", std::string_view(whole).substr(0, size));
        CHECK_THROWS_AS(read_state(path), ModelError);
    }
}
