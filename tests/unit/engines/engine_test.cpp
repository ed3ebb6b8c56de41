#include "engines/engine.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "base/bfloat16.h"
#include "base/errors.h"
#include "checkpoints/state_dict.h"
#include "engines/golden_net.h"

namespace {

using namespace imnet;
using test::GoldenNet;

struct Case {
    EngineKind kind;
    const char* library;
    const char* option;
};

constexpr Case cases[] = {{EngineKind::onednn, "oneDNN ", "IMNET_ONEDNN=ON"},
                          {EngineKind::torch, "libtorch ", "IMNET_TORCH=ON"}};
constexpr const char* golden_nets[] = {"resnet18",        "resnet50",    "resnext50_32x4d",
                                       "wide_resnet50_2", "resnetv2_50", "tf_efficientnet_lite0"};

std::vector<EngineKind> installed() {
    std::vector<EngineKind> kinds;
    for (const Case& each : cases) {
        if (engine_installed(each.kind)) kinds.push_back(each.kind);
    }
    if (kinds.empty()) MESSAGE("skipped: this build has no engine");
    return kinds;
}

EngineOptions on_cpu(EngineKind kind, Precision precision = Precision::fp32) {
    return {.kind = kind,
            .device = {Device::Kind::cpu},
            .precision = precision,
            .image_size = test::image_size,
            .batch = 8,
            .threads = 2};
}

/// Pictures of golden_net.h, by number, in the engine's pixel format.
std::vector<std::byte> pictures(const Engine& engine, std::vector<int> which) {
    std::vector<float> values;
    for (const int k : which) test::append_picture(values, k);
    const bool halves = engine.pixel_format() == PixelFormat::interleaved_bfloat16;
    std::vector<std::byte> bytes(values.size() * (halves ? 2 : 4));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint16_t half = to_bfloat16(values[i]);
        if (halves) {
            std::memcpy(&bytes[2 * i], &half, sizeof half);
        } else {
            std::memcpy(&bytes[4 * i], &values[i], sizeof(float));
        }
    }
    return bytes;
}

std::vector<float> run_batch(Worker& worker, std::span<const std::byte> images, int count) {
    std::vector<float> logits(static_cast<std::size_t>(count) * 10);
    worker.run(images, count, logits);
    return logits;
}

std::vector<float> expected_logits(const GoldenNet& golden) {
    std::vector<float> expected(3 * 10);
    to_float32(*golden.stored.find("logits"), expected);
    return expected;
}

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

double rms_difference(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum / static_cast<double>(a.size()));
}

TEST_CASE(
    "an engine reports device, library and precision; the error for a missing one says how to build it") {
    const Architecture net = architecture("resnet18", 10);
    const Parameters parameters = random_parameters(net, 0);
    for (const Case& each : cases) {
        if (engine_installed(each.kind)) {
            const auto engine = open_engine(net, parameters, on_cpu(each.kind));
            CHECK(engine->device() == "cpu");
            CHECK(engine->library().starts_with(each.library));
            CHECK(engine->precision() == Precision::fp32);
        } else {
            CHECK_THROWS_WITH_AS(open_engine(net, parameters, on_cpu(each.kind)),
                                 doctest::Contains(each.option), ModelError);
        }
    }
}

TEST_CASE("the oneDNN engine refuses a GPU") {
    const Architecture net = architecture("resnet18", 10);
    const EngineOptions options{.kind = EngineKind::onednn, .device = {Device::Kind::cuda}};
    CHECK_THROWS_WITH_AS(open_engine(net, random_parameters(net, 0), options),
                         doctest::Contains("use --engine torch"), ModelError);
}

// The expected logits were computed in float64. A float32 sum of K products (K ≤ 4608) has a relative error
// of about sqrt(K) · 2^-24 = 4e-6, and 50 layers in a row have sqrt(50) times that: 3e-5 of the standard
// deviation of the logits. The tolerance of 1e-4 is three times that. In the pre-activation network the sums
// of the blocks are never normalised, and the error of PyTorch's own float32 is 0.93e-4, so the tolerance
// there is 2e-4.
TEST_CASE("logits in fp32 agree with PyTorch's") {
    for (const EngineKind kind : installed()) {
        for (const std::string name : golden_nets) {
            CAPTURE(name);
            CAPTURE(kind);
            const GoldenNet golden(name);
            const std::vector<float> expected = expected_logits(golden);
            const auto engine = open_engine(golden.net, golden.parameters, on_cpu(kind));
            const std::vector<float> logits =
                run_batch(*engine->worker(1), pictures(*engine, {102, 103, 106}), 3);
            CHECK(deviation(expected) > 1.0);
            const double tolerance = name == "resnetv2_50" ? 2e-4 : 1e-4;
            CHECK(largest_difference(logits, expected) < tolerance * deviation(expected));
        }
    }
}

// Rounding to bfloat16 changes a value by up to 2^-9 of it. How much that changes the logits depends on the
// network, so it is measured: the reference rounds only the weights to bfloat16 and computes in float32. bf16
// also rounds the activations, with independent errors of the same size, so sqrt(2) times the reference is
// expected. With only three pictures, the test allows 3 times.
TEST_CASE("the error of logits in bf16 is explained by rounding to bfloat16") {
    for (const EngineKind kind : installed()) {
        for (const std::string name : golden_nets) {
            CAPTURE(name);
            CAPTURE(kind);
            const GoldenNet golden(name), rounded(name, true);
            const std::vector<float> expected = expected_logits(golden);
            const auto in_fp32 = open_engine(rounded.net, rounded.parameters, on_cpu(kind));
            const auto in_bf16 = open_engine(golden.net, golden.parameters, on_cpu(kind, Precision::bf16));
            CHECK(in_bf16->precision() == Precision::bf16);
            const double reference_error = rms_difference(
                run_batch(*in_fp32->worker(1), pictures(*in_fp32, {102, 103, 106}), 3), expected);
            const double error = rms_difference(
                run_batch(*in_bf16->worker(1), pictures(*in_bf16, {102, 103, 106}), 3), expected);
            CHECK(error < 3 * reference_error);
            CHECK(error > reference_error / 2);  // so it did compute in bf16
        }
    }
}

TEST_CASE("a picture's logits do not depend on its batch or on other workers") {
    for (const EngineKind kind : installed()) {
        for (const Precision precision : {Precision::fp32, Precision::bf16}) {
            CAPTURE(kind);
            const GoldenNet golden("resnet18");
            const auto engine = open_engine(golden.net, golden.parameters, on_cpu(kind, precision));
            const std::vector<std::byte> images = pictures(*engine, {100, 101, 102, 103, 104, 105, 106});
            const std::size_t one_image = images.size() / 7;
            const std::vector<float> together = run_batch(*engine->worker(2), images, 7);

            std::vector<float> alone(7 * 10);
            const auto run = [&](std::size_t first, std::size_t last) {
                const auto worker = engine->worker(1);
                for (std::size_t i = first; i < last; ++i) {
                    worker->run(std::span(images).subspan(i * one_image, one_image), 1,
                                std::span(alone).subspan(i * 10, 10));
                }
            };
            std::thread one(run, 0, 3);
            std::thread other(run, 3, 7);
            one.join();
            other.join();
            // Unless the engine is batch-invariant, the order of additions depends on the size of the batch.
            const double tolerance = precision == Precision::fp32 ? 1e-5 : 0.02;
            CHECK(largest_difference(together, alone) <=
                  (engine->batch_invariant() ? 0.0 : tolerance * deviation(together)));
            if (kind == EngineKind::onednn && precision == Precision::fp32) CHECK(engine->batch_invariant());
        }
    }
}

/// Parameters of a net without a golden file, computed by `hash_weight`; running statistics are 0 and 1.
Parameters hashed_parameters(const Architecture& net, std::vector<std::vector<float>>& memory) {
    StateDict all;
    for (std::size_t i = 0; i < net.parameters.size(); ++i) {
        const Parameter& parameter = net.parameters[i];
        if (parameter.kind == ParameterKind::num_batches_tracked) continue;
        std::vector<float>& values = memory.emplace_back(
            parameter.element_count(), parameter.kind == ParameterKind::running_var ? 1.0F : 0.0F);
        for (std::size_t j = 0; parameter.trainable() && j < values.size(); ++j)
            values[j] = test::hash_weight(net, parameter, test::hashed(i, j));
        all.tensors.emplace_back(parameter.name, test::float32_view(values, parameter.shape));
    }
    return bind_parameters(net, all, net.name);
}

TEST_CASE("with gates and with group norms, logits do not depend on the batch or the threads") {
    if (!engine_installed(EngineKind::onednn)) {
        MESSAGE("skipped: this build has no oneDNN engine");
        return;
    }
    for (const char* name : {"seresnext26d_32x4d", "resnet50_gn"}) {
        CAPTURE(name);
        const Architecture net = architecture(name, 10);
        std::vector<std::vector<float>> memory;
        const Parameters parameters = hashed_parameters(net, memory);
        const auto engine = open_engine(net, parameters, on_cpu(EngineKind::onednn));
        const std::vector<std::byte> images = pictures(*engine, {100, 102, 103});
        const std::vector<float> together = run_batch(*engine->worker(2), images, 3);
        CHECK(deviation(together) > 0.1);
        const std::vector<float> last =
            run_batch(*engine->worker(1), std::span(images).last(images.size() / 3), 1);
        CHECK(std::equal(last.begin(), last.end(), together.begin() + 20));
    }
}

TEST_CASE("a run changes neither the images nor the parameters") {
    for (const EngineKind kind : installed()) {
        CAPTURE(kind);
        const GoldenNet golden("resnetv2_50");
        const auto engine = open_engine(golden.net, golden.parameters, on_cpu(kind));
        const std::vector<std::byte> images = pictures(*engine, {100});
        const std::vector<std::byte> before = images;
        const auto worker = engine->worker(1);
        const std::vector<float> first = run_batch(*worker, images, 1);
        CHECK(first == run_batch(*worker, images, 1));
        CHECK(images == before);
    }
}

TEST_CASE("a worker runs more images than the batch of its options") {
    for (const EngineKind kind : installed()) {
        CAPTURE(kind);
        const GoldenNet golden("resnet18");
        EngineOptions options = on_cpu(kind);
        options.batch = 2;
        const auto engine = open_engine(golden.net, golden.parameters, options);
        const std::vector<std::byte> images = pictures(*engine, {100, 101, 102, 103, 104});
        const std::vector<float> logits = run_batch(*engine->worker(1), images, 5);
        const std::vector<float> last =
            run_batch(*engine->worker(1), std::span(images).last(images.size() / 5), 1);
        CHECK(largest_difference({logits.end() - 10, logits.end()}, last) < 1e-5 * deviation(logits));
    }
}

}  // namespace
