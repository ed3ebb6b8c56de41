#include "models/loading/find_network.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "models/loading/choose_network.h"
#include "models/state_dict_of.h"

namespace imnet {
namespace {

const std::vector<float>& memory() {
    static const std::vector<float> values(1 << 16);
    return values;
}

void add(StateDict& state_dict, std::string name, std::vector<std::int64_t> shape) {
    std::size_t count = 1;
    for (const std::int64_t size : shape) count *= static_cast<std::size_t>(size);
    state_dict.tensors.emplace_back(std::move(name),
                                    test::float32_view(std::span(memory()).first(count), std::move(shape)));
}

/// A resnet18 of ten classes whose body has one prefix and whose classifier another name.
StateDict resnet18(const std::string& prefix, const std::string& head) {
    StateDict state_dict = test::state_dict_of(architecture("resnet18", 10));
    for (auto& [name, tensor] : state_dict.tensors)
        name = name.starts_with("fc.") ? head + name.substr(2) : prefix + name;
    return state_dict;
}

}  // namespace

TEST_CASE("a network is found under its prefix, with a head of any name and other entries beside it") {
    StateDict state_dict = resnet18("model.body.", "model.head.1");
    add(state_dict, "criterion.weight", {10});
    const std::vector<FoundNetwork> found = find_networks(state_dict, "");
    REQUIRE(found.size() == 1);
    CHECK(found[0].prefix == "model.body.");
    CHECK(found[0].architecture == "resnet18");
    CHECK(found[0].head.module == "model.head.1");
    CHECK(found[0].left_out == std::vector<std::string>{"criterion"});
    CHECK(found[0].tensors.find("fc.weight")->shape == std::vector<std::int64_t>{10, 512});
    CHECK(find_networks(state_dict, "resnet50").empty());
}

TEST_CASE("a layer whose outputs another one takes is no classifier, and neither are several layers") {
    StateDict queue = resnet18("encoder_q.", "encoder_q.fc");
    add(queue, "queue", {10, 64});
    CHECK(find_networks(queue, "")[0].head.why_none ==
          "encoder_q.fc is a projection, whose outputs queue takes");
    StateDict layers = resnet18("encoder.", "encoder.fc.0");
    add(layers, "encoder.fc.2.weight", {5, 10});
    add(layers, "temperature.weight", {1});
    CHECK(find_networks(layers, "")[0].head.why_none ==
          "encoder.fc is not one linear layer, as a classifier is");
    StateDict centers = resnet18("net.", "net.fc");
    add(centers, "criterion.centers", {10, 512});
    add(centers, "confusion", {10, 10});
    CHECK(find_networks(centers, "")[0].head.module == "net.fc");
}

TEST_CASE("a network with more inside its modules is another one") {
    StateDict state_dict = resnet18("net.", "net.fc");
    add(state_dict, "net.layer1.0.attention.weight", {64, 64});
    CHECK(find_networks(state_dict, "").empty());
}

TEST_CASE("two names of one network are one network") {
    StateDict twice = resnet18("net.", "net.fc");
    for (const auto& [name, tensor] : std::vector(twice.tensors))
        twice.tensors.emplace_back("online." + name, tensor);
    CHECK(find_networks(twice, "").size() == 1);
}

TEST_CASE("modules beside a network are named as far as they share its prefix") {
    CHECK(module_beside("encoder_q.fc.0.weight", "encoder_q.") == "encoder_q.fc");
    CHECK(module_beside("encoder_k.conv1.weight", "encoder_q.") == "encoder_k");
    CHECK(module_beside("online.head.0.weight", "online.net.") == "online.head");
    CHECK(module_beside("queue", "") == "queue");
}

}  // namespace imnet
