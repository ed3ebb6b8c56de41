// Writes what this program knows and computes of a model to standard output, to compare it with PyTorch:
//   logits_probe - names                the names of all architectures, a line each
//   logits_probe MODEL print            text of print(model)
//   logits_probe MODEL summary          the same with output shapes for [1, 3, 224, 224] and parameter counts
//   logits_probe MODEL parameters       name and shape of each entry of the state dict, a line each; total
//   logits_probe MODEL random SEED      initial parameters, raw float32 in the order of the state dict
//   logits_probe MODEL logits CHECKPOINT TENSOR [ENGINE [THREADS [PRECISION [SIZE]]]]
//                                       logits, raw float32 [N, classes]; TENSOR is a file of raw float32
//                                       [N, 3, SIZE, SIZE], SIZE 224 if not given
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/bfloat16.h"
#include "base/mapped_file.h"
#include "checkpoints/checkpoint.h"
#include "engines/engine.h"
#include "models/architecture.h"
#include "models/parameters.h"
#include "models/summary.h"

namespace {

using namespace imnet;

void write(std::span<const float> values) {
    std::fwrite(values.data(), sizeof(float), values.size(), stdout);
}

void print_parameters(const Architecture& net) {
    for (const Parameter& parameter : net.parameters)
        fmt::print("{} [{}]\n", parameter.name, fmt::join(parameter.shape, ", "));
    fmt::print("total {}\n", net.parameter_count());
}

EngineOptions engine_options(const std::vector<std::string>& arguments) {
    EngineOptions options{.device = {Device::Kind::cpu}, .threads = 1};
    if (arguments.size() > 2 && arguments[2] == "onednn") options.kind = EngineKind::onednn;
    if (arguments.size() > 2 && arguments[2] == "torch") options.kind = EngineKind::torch;
    if (arguments.size() > 3) options.threads = std::stoi(arguments[3]);
    if (arguments.size() > 4 && arguments[4] == "bf16") options.precision = Precision::bf16;
    if (arguments.size() > 5) options.image_size = std::stoi(arguments[5]);
    return options;
}

/// [N, 3, image_size, image_size] → [N, image_size, image_size, 3]
std::vector<std::byte> interleaved(std::span<const float> planar, int image_size, PixelFormat format) {
    const std::size_t plane = static_cast<std::size_t>(image_size) * image_size;
    const bool halves = format == PixelFormat::interleaved_bfloat16;
    std::vector<std::byte> bytes(planar.size() * (halves ? 2 : 4));
    for (std::size_t i = 0; i < planar.size(); ++i) {
        const std::size_t image = i / (3 * plane), pixel = i / 3 % plane, channel = i % 3;
        const float value = planar[image * 3 * plane + channel * plane + pixel];
        const std::uint16_t half = to_bfloat16(value);
        if (halves) {
            std::memcpy(&bytes[2 * i], &half, sizeof half);
        } else {
            std::memcpy(&bytes[4 * i], &value, sizeof value);
        }
    }
    return bytes;
}

void print_logits(const std::string& model, const std::vector<std::string>& arguments) {
    const StateDict state_dict = read_checkpoint(arguments.at(0));
    const int classes = head_classes(architecture(model), state_dict);
    const Architecture net = architecture(model, classes);
    const MappedFile file(arguments.at(1));
    const std::span<const float> images{reinterpret_cast<const float*>(file.bytes().data()),
                                        file.bytes().size() / sizeof(float)};

    const EngineOptions options = engine_options(arguments);
    const auto count = static_cast<int>(
        images.size() / (3 * static_cast<std::size_t>(options.image_size) * options.image_size));
    const auto engine = open_engine(net, bind_parameters(net, state_dict, arguments[0]), options);
    std::vector<float> logits(static_cast<std::size_t>(count) * classes);
    engine->worker(options.threads)
        ->run(interleaved(images, options.image_size, engine->pixel_format()), count, logits);
    write(logits);
}

}  // namespace

int main(int argc, char** argv) try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string& model = arguments.at(0);
    const std::string& what = arguments.at(1);
    if (what == "logits") {
        print_logits(model, {arguments.begin() + 2, arguments.end()});
        return 0;
    }
    if (what == "names") {
        for (const std::string_view name : architecture_names()) fmt::print("{}\n", name);
        return 0;
    }
    const Architecture net = architecture(model);
    if (what == "print") fmt::print("{}", print_model(net));
    if (what == "summary") fmt::print("{}", summary(net, 224, 224));
    if (what == "parameters") print_parameters(net);
    if (what == "random") {
        const Parameters parameters = random_parameters(net, std::stoull(arguments.at(2)));
        for (std::size_t i = 0; i < parameters.size(); ++i) write(parameters.at(i));
    }
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "logits_probe: {}\n", error.what());
    return 1;
}
