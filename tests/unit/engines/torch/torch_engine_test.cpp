#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "base/errors.h"
#include "checkpoints/checkpoint.h"
#include "engines/engine.h"
#include "models/state_dict_of.h"

namespace {

using namespace imnet;

bool engine_is_missing() {
    if (engine_installed()) return false;
    MESSAGE("skipped: this build has no libtorch engine");
    return true;
}

constexpr int side = 96;
constexpr std::size_t pixels = 3 * side * side;

// The formulas of tests/golden/make_logits.py.

/// [0, 1) in steps of 2^-24.
float hashed(std::size_t tensor, std::size_t element) {
    auto x = static_cast<std::uint32_t>(element + tensor * 0x9E3779B9U);
    x = (x ^ (x >> 16)) * 0x7FEB352DU;
    x = (x ^ (x >> 15)) * 0x846CA68BU;
    x = x ^ (x >> 16);
    return static_cast<float>(x >> 8) * 0x1p-24F;
}

void append_picture(std::vector<float>& images, int k) {
    for (int channel = 0; channel < 3; ++channel) {
        for (int y = 0; y < side; ++y) {
            for (int x = 0; x < side; ++x) {
                const int value = (((x * (3 + k % 7)) ^ (y * (2 + k % 5))) + x * (k % 3) +
                                   40 * channel * (k % 4) + 11 * k) &
                                  255;
                images.push_back(static_cast<float>(value - 128) / 64);
            }
        }
    }
}

/// Whether this norm is the last before the sum of a block.
bool ends_branch(const Architecture& net, const std::string& path) {
    const std::string last = net.name == "resnet18" ? ".bn2" : ".bn3";
    return path.ends_with(last);
}

float hash_weight(const Architecture& net, const Parameter& parameter, float u) {
    if (parameter.operation == Operation::convolution) {
        const auto fan_in = static_cast<double>(parameter.element_count() / parameter.shape[0]);
        return (2 * u - 1) * static_cast<float>(std::sqrt(6 / fan_in));
    }
    if (parameter.kind == ParameterKind::bias) return (u - 0.5F) / 2;
    return ends_branch(net, parameter.name.substr(0, parameter.name.rfind('.'))) ? u / 4 + 0.125F : u + 0.5F;
}

/// The net of a golden file: running statistics and head are stored, all else follows from the hash.
struct GoldenNet {
    explicit GoldenNet(const std::string& name)
        : net(architecture(name, 10)),
          stored(read_checkpoint(IMNET_GOLDEN "/logits/" + name + ".safetensors")) {
        StateDict all;
        all.owner = stored.owner;
        for (std::size_t i = 0; i < net.parameters.size(); ++i) {
            const Parameter& parameter = net.parameters[i];
            if (const TensorView* tensor = stored.find(parameter.name)) {
                all.tensors.emplace_back(parameter.name, *tensor);
            } else if (parameter.trainable()) {
                std::vector<float>& values = hashed_tensors.emplace_back();
                for (std::size_t j = 0; j < static_cast<std::size_t>(parameter.element_count()); ++j)
                    values.push_back(hash_weight(net, parameter, hashed(i, j)));
                all.tensors.emplace_back(parameter.name, test::float32_view(values, parameter.shape));
            }
        }
        parameters = bind_parameters(net, all, name);
    }

    Architecture net;
    StateDict stored;
    std::vector<std::vector<float>> hashed_tensors;
    Parameters parameters;
};

double deviation(const std::vector<float>& values) {
    const double mean = std::reduce(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    double sum = 0;
    for (const float value : values) sum += (value - mean) * (value - mean);
    return std::sqrt(sum / static_cast<double>(values.size()));
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(double{a[i]} - double{b[i]}));
    return largest;
}

// The expected logits are float64's. A float32 sum of K products (K up to 4608) errs by about
// sqrt(K) · 2^-24 = 4e-6 of its size, and some 50 layers in a row by sqrt(50) times that, 3e-5 of the
// spread of the logits; 1e-4 leaves room for three times the expected error.
TEST_CASE("logits are those of PyTorch") {
    if (engine_is_missing()) return;
    for (const std::string name : {"resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "resnetv2_50"}) {
        CAPTURE(name);
        const GoldenNet golden(name);
        std::vector<float> expected(3 * 10);
        to_float32(*golden.stored.find("logits"), expected);
        std::vector<float> images;
        for (const int k : {102, 103, 106}) append_picture(images, k);

        const auto engine = open_engine(golden.net, golden.parameters, {Device::Kind::cpu});
        std::vector<float> logits(expected.size());
        engine->worker(1)->run(images, 3, side, side, logits);
        CHECK(deviation(expected) > 1.0);
        CHECK(largest_difference(logits, expected) < 1e-4 * deviation(expected));
    }
}

TEST_CASE("a picture's logits do not depend on the batch, nor on other workers") {
    if (engine_is_missing()) return;
    const GoldenNet golden("resnet18");
    const auto engine = open_engine(golden.net, golden.parameters, {Device::Kind::cpu});
    std::vector<float> images;
    for (const int k : {100, 101, 102, 103}) append_picture(images, k);
    std::vector<float> together(4 * 10);
    engine->worker(2)->run(images, 4, side, side, together);

    std::vector<float> alone(4 * 10);
    const auto run_two = [&](std::size_t first) {
        const auto worker = engine->worker(1);
        for (std::size_t i = first; i < first + 2; ++i)
            worker->run(std::span(images).subspan(i * pixels, pixels), 1, side, side,
                        std::span(alone).subspan(i * 10, 10));
    };
    std::thread one(run_two, 0);
    std::thread other(run_two, 2);
    one.join();
    other.join();
    CHECK(largest_difference(together, alone) < 1e-4 * deviation(together));
}

TEST_CASE("running leaves the images and the parameters as they were") {
    if (engine_is_missing()) return;
    const GoldenNet golden("resnetv2_50");
    const auto engine = open_engine(golden.net, golden.parameters, {Device::Kind::cpu});
    std::vector<float> images;
    append_picture(images, 100);
    const std::vector<float> before = images;
    std::vector<float> first(10);
    std::vector<float> second(10);
    const auto worker = engine->worker(1);
    worker->run(images, 1, side, side, first);
    worker->run(images, 1, side, side, second);
    CHECK(images == before);
    CHECK(first == second);
}

TEST_CASE("a GPU that is not there is an error, never another device") {
    if (engine_is_missing()) return;
    const Architecture net = architecture("resnet18", 10);
    const Parameters parameters = random_parameters(net, 0);
    CHECK_THROWS_WITH_AS(open_engine(net, parameters, {Device::Kind::cuda, 99}),
                         doctest::Contains("cuda:99: "), ModelError);
}

}  // namespace
