#include "models/parameters.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/errors.h"
#include "models/state_dict_of.h"

namespace {

using namespace imnet;
using test::float32_view;
using test::state_dict_of;

TensorView& tensor(StateDict& state_dict, const std::string& name) {
    return std::ranges::find(state_dict.tensors, name, [](const auto& entry) { return entry.first; })->second;
}

void erase(StateDict& state_dict, const std::string& name) {
    std::erase_if(state_dict.tensors, [&](const auto& entry) { return entry.first == name; });
}

std::string refusal(const Architecture& net, const StateDict& state_dict) {
    try {
        bind_parameters(net, state_dict, "net.pth");
    } catch (const ModelError& error) {
        return error.what();
    }
    return "";
}

TEST_CASE("contiguous float32 tensors are not copied") {
    const Architecture net = architecture("resnet18", 10);
    const StateDict state_dict = state_dict_of(net);
    const Parameters parameters = bind_parameters(net, state_dict, "net.pth");
    REQUIRE(parameters.size() == net.parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (net.parameters[i].kind == ParameterKind::num_batches_tracked) {
            CHECK(parameters.at(i).empty());
        } else {
            CHECK(static_cast<const void*>(parameters.at(i).data()) ==
                  state_dict.tensors[i].second.bytes.data());
            CHECK(parameters.at(i).size() == static_cast<std::size_t>(net.parameters[i].element_count()));
        }
    }
}

TEST_CASE("parameters keep the memory of the checkpoint alive") {
    const Architecture net = architecture("resnet18", 10);
    StateDict state_dict = state_dict_of(net);
    const std::weak_ptr<const void> owner = state_dict.owner;
    const Parameters parameters = bind_parameters(net, state_dict, "net.pth");
    state_dict = {};
    CHECK_FALSE(owner.expired());
    CHECK(parameters.at(net, "conv1.weight")[5] == 5.0F);
}

TEST_CASE("tensors with another dtype, other strides or without alignment are converted") {
    const Architecture net = architecture("resnet18", 2);
    StateDict state_dict = state_dict_of(net);

    std::array<double, 2> doubles = {1.5, -2.25};
    tensor(state_dict, "fc.bias") = {.dtype = DType::float64,
                                     .shape = {2},
                                     .strides = {1},
                                     .bytes = std::as_bytes(std::span<const double>(doubles))};

    std::vector<float> transposed(2 * 512);  // [512, 2] in memory, viewed as [2, 512]
    for (std::size_t i = 0; i < transposed.size(); ++i) transposed[i] = static_cast<float>(i);
    tensor(state_dict, "fc.weight") = float32_view(transposed, {2, 512});
    tensor(state_dict, "fc.weight").strides = {1, 2};

    std::vector<std::byte> unaligned(1 + 64 * sizeof(float));
    const float seven = 7;
    std::memcpy(unaligned.data() + 1, &seven, sizeof seven);
    tensor(state_dict, "bn1.bias").bytes = std::span<const std::byte>(unaligned).subspan(1);

    const Parameters parameters = bind_parameters(net, state_dict, "net.pth");
    CHECK(parameters.at(net, "fc.bias")[0] == 1.5F);
    CHECK(parameters.at(net, "fc.bias")[1] == -2.25F);
    CHECK(parameters.at(net, "fc.weight")[1] == 2.0F);
    CHECK(parameters.at(net, "fc.weight")[512] == 1.0F);
    CHECK(parameters.at(net, "bn1.bias")[0] == 7.0F);
}

TEST_CASE("num_batches_tracked may be missing, as it is in old checkpoints") {
    const Architecture net = architecture("resnet18", 10);
    StateDict state_dict = state_dict_of(net);
    std::erase_if(state_dict.tensors,
                  [](const auto& entry) { return entry.first.ends_with("num_batches_tracked"); });
    CHECK(bind_parameters(net, state_dict, "net.pth").size() == net.parameters.size());
}

TEST_CASE("the error for a wrong checkpoint lists missing, unexpected and wrongly shaped tensors") {
    const Architecture net = architecture("resnet50", 10);
    StateDict state_dict = state_dict_of(net);
    erase(state_dict, "fc.weight");
    const std::array<float, 1> one = {1};
    state_dict.tensors.emplace_back("ema.decay", float32_view(one, {1}));
    state_dict.tensors.emplace_back("fc1.weight", float32_view(one, {1}));
    tensor(state_dict, "conv1.weight").shape = {64, 3, 3, 3};
    CHECK(refusal(net, state_dict) ==
          "net.pth does not fit resnet50: 1 missing (fc.weight), 2 unexpected (ema.decay, fc1.weight), "
          "1 of another shape (conv1.weight is [64, 3, 3, 3], expected [64, 3, 7, 7])");
}

TEST_CASE("the error shows three names and the length of a long list") {
    const Architecture net = architecture("resnet18", 10);
    StateDict state_dict = state_dict_of(net);
    std::erase_if(state_dict.tensors, [](const auto& entry) { return entry.first.starts_with("layer4."); });
    CHECK(refusal(net, state_dict) ==
          "net.pth does not fit resnet18: 25 missing (layer4.0.conv1.weight, layer4.0.bn1.weight, "
          "layer4.0.bn1.bias, …)");
}

TEST_CASE("the error for a checkpoint of another architecture names that architecture") {
    const std::string message =
        refusal(architecture("resnet50"), state_dict_of(architecture("resnet18", 37)));
    CHECK(message.starts_with("net.pth does not fit resnet50: "));
    CHECK(message.ends_with("; it looks like resnet18: use --model resnet18"));
    CHECK(message.find('\n') == std::string::npos);
}

TEST_CASE("the head of a state dict gives the number of classes") {
    const Architecture net = architecture("resnet18");
    CHECK(head_classes(net, state_dict_of(architecture("resnet18", 37))) == 37);
    CHECK(head_classes(architecture("resnetv2_50"), state_dict_of(architecture("resnetv2_50", 5))) == 5);
    StateDict headless = state_dict_of(net);
    erase(headless, "fc.weight");
    CHECK(head_classes(net, headless) == 0);
}

TEST_CASE("an unknown parameter name throws out_of_range") {
    const Architecture net = architecture("resnet18", 10);
    const Parameters parameters = bind_parameters(net, state_dict_of(net), "net.pth");
    CHECK_THROWS_WITH_AS(parameters.at(net, "fc2.weight"), "resnet18 has no parameter 'fc2.weight'",
                         std::out_of_range);
}

}  // namespace
