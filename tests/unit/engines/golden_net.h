// The networks of tests/golden/logits, pictures for them, and PyTorch's logits.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bfloat16.h"
#include "checkpoints/checkpoint.h"
#include "models/architecture.h"
#include "models/parameters.h"
#include "models/state_dict_of.h"

namespace imnet::test {

inline constexpr int image_size = 96;

// The functions below repeat the formulas of tests/golden/make_logits.py.

/// A pseudo-random number in [0, 1), a multiple of 2^-24.
inline float hashed(std::size_t tensor, std::size_t element) {
    auto x = static_cast<std::uint32_t>(element + tensor * 0x9E3779B9U);
    x = (x ^ (x >> 16)) * 0x7FEB352DU;
    x = (x ^ (x >> 15)) * 0x846CA68BU;
    x = x ^ (x >> 16);
    return static_cast<float>(x >> 8) * 0x1p-24F;
}

/// Appends picture k, [image_size, image_size, 3]. Its values are exact in bfloat16.
inline void append_picture(std::vector<float>& images, int k) {
    for (int y = 0; y < image_size; ++y) {
        for (int x = 0; x < image_size; ++x) {
            for (int channel = 0; channel < 3; ++channel) {
                const int value = (((x * (3 + k % 7)) ^ (y * (2 + k % 5))) + x * (k % 3) +
                                   40 * channel * (k % 4) + 11 * k) &
                                  255;
                images.push_back(static_cast<float>(value - 128) / 64);
            }
        }
    }
}

/// Whether this norm is the last one before the addition of a block.
inline bool ends_branch(const Architecture& net, const std::string& path) {
    const std::string last = net.name == "resnet18" ? ".bn2" : ".bn3";
    return path.ends_with(last);
}

inline float hash_weight(const Architecture& net, const Parameter& parameter, float u) {
    if (parameter.operation == Operation::convolution) {
        const auto fan_in = static_cast<double>(parameter.element_count() / parameter.shape[0]);
        return (2 * u - 1) * static_cast<float>(std::sqrt(6 / fan_in));
    }
    if (parameter.kind == ParameterKind::bias) return (u - 0.5F) / 2;
    return ends_branch(net, parameter.name.substr(0, parameter.name.rfind('.'))) ? u / 4 + 0.125F : u + 0.5F;
}

/// A network of tests/golden/logits. Its file has the running statistics, the head and the logits that
/// PyTorch computes for pictures 102, 103 and 106. The other parameters are computed by `hash_weight`.
struct GoldenNet {
    /// With `rounded`, the weights of convolutions are rounded to bfloat16.
    explicit GoldenNet(const std::string& name, bool rounded = false)
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
                if (rounded && parameter.operation == Operation::convolution)
                    for (float& value : values) value = imnet::to_float32(to_bfloat16(value));
                all.tensors.emplace_back(parameter.name, float32_view(values, parameter.shape));
            }
        }
        parameters = bind_parameters(net, all, name);
    }

    Architecture net;
    StateDict stored;
    std::vector<std::vector<float>> hashed_tensors;
    Parameters parameters;
};

}  // namespace imnet::test
