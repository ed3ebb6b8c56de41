// Computes Grad-CAM to compare it with PyTorch:
//   grad_cam_probe MODEL CHECKPOINT TENSOR CLASS...
// TENSOR is a file of raw float32 [3, 224, 224]. Writes raw float32 to standard output: the logits [classes],
// then a heat map [7, 7] for each class.
#include <cstddef>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/mapped_file.h"
#include "checkpoints/checkpoint.h"
#include "engines/grad_cam.h"
#include "models/architecture.h"
#include "models/parameters.h"

namespace {

using namespace imnet;

constexpr std::size_t plane = 224 * 224;

/// [3, 224, 224] → [224, 224, 3]
std::vector<float> interleaved(std::span<const float> planar) {
    std::vector<float> pixels(planar.size());
    for (std::size_t i = 0; i < planar.size(); ++i) pixels[i] = planar[i % 3 * plane + i / 3];
    return pixels;
}

void write(std::span<const float> values) {
    std::fwrite(values.data(), sizeof(float), values.size(), stdout);
}

}  // namespace

int main(int argc, char** argv) try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const StateDict state_dict = read_checkpoint(arguments.at(1));
    const Architecture net = architecture(arguments[0], head_classes(architecture(arguments[0]), state_dict));
    const Parameters parameters = bind_parameters(net, state_dict, arguments[1]);
    const MappedFile file(arguments.at(2));
    const auto pixels = interleaved({reinterpret_cast<const float*>(file.bytes().data()), 3 * plane});
    for (std::size_t i = 3; i < arguments.size(); ++i) {
        const GradCam found =
            grad_cam(net, parameters, {.device = {Device::Kind::cpu}}, pixels, std::stoi(arguments[i]));
        if (i == 3) write(found.logits);
        write(found.heat.values);
    }
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "grad_cam_probe: {}\n", error.what());
    return 1;
}
