#include "models/architecture.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/errors.h"
#include "base/nearest_names.h"
#include "models/efficientnet_lite.h"
#include "models/keras_resnetv2.h"
#include "models/resnet.h"
#include "models/resnetv2.h"
#include "models/timm_resnet.h"

namespace imnet {

namespace {

constexpr std::array resnet_variants = {
    ResNetVariant{"resnet18", false, {2, 2, 2, 2}},
    ResNetVariant{"resnet34", false, {3, 4, 6, 3}},
    ResNetVariant{"resnet50", true, {3, 4, 6, 3}},
    ResNetVariant{"resnet101", true, {3, 4, 23, 3}},
    ResNetVariant{"resnet152", true, {3, 8, 36, 3}},
    ResNetVariant{"resnext50_32x4d", true, {3, 4, 6, 3}, 32, 4},
    ResNetVariant{"resnext101_32x8d", true, {3, 4, 23, 3}, 32, 8},
    ResNetVariant{"resnext101_64x4d", true, {3, 4, 23, 3}, 64, 4},
    ResNetVariant{"wide_resnet50_2", true, {3, 4, 6, 3}, 1, 128},
    ResNetVariant{"wide_resnet101_2", true, {3, 4, 23, 3}, 1, 128},
};

constexpr std::array efficientnet_lite_variants = {
    EfficientNetLiteVariant{"tf_efficientnet_lite0", 1.0, 1.0},
    EfficientNetLiteVariant{"tf_efficientnet_lite1", 1.0, 1.1},
    EfficientNetLiteVariant{"tf_efficientnet_lite2", 1.1, 1.2},
    EfficientNetLiteVariant{"tf_efficientnet_lite3", 1.2, 1.4},
    EfficientNetLiteVariant{"tf_efficientnet_lite4", 1.4, 1.8},
};

[[noreturn]] void unknown_name(std::string_view name) {
    const std::vector<std::string_view> near = nearest_names(name, architecture_names());
    throw UsageError(
        fmt::format("no architecture is called '{}'{} ('imnet models' lists them all)", name,
                    near.empty() ? "" : fmt::format(": did you mean {}?", fmt::join(near, " or "))));
}

}  // namespace

std::int64_t Parameter::element_count() const {
    return std::reduce(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::int64_t Architecture::parameter_count() const {
    std::int64_t count = 0;
    for (const Parameter& parameter : parameters)
        if (parameter.trainable()) count += parameter.element_count();
    return count;
}

std::vector<std::string_view> architecture_names() {
    std::vector<std::string_view> names;
    for (const ResNetVariant& variant : resnet_variants) names.push_back(variant.name);
    for (const TimmResNetVariant& variant : timm_resnet_variants()) names.push_back(variant.name);
    for (const ResNetV2Variant& variant : resnetv2_variants()) names.push_back(variant.name);
    for (const EfficientNetLiteVariant& variant : efficientnet_lite_variants) names.push_back(variant.name);
    names.push_back("keras_resnet50v2");
    return names;
}

std::vector<std::string_view> architecture_names_of_depth(std::span<const int> blocks) {
    std::vector<std::string_view> names;
    const auto add_those = [&](const auto& variants) {
        for (const auto& variant : variants)
            if (std::ranges::equal(variant.blocks, blocks)) names.push_back(variant.name);
    };
    add_those(resnet_variants);
    add_those(timm_resnet_variants());
    add_those(resnetv2_variants());
    for (const EfficientNetLiteVariant& variant : efficientnet_lite_variants)
        if (std::ranges::equal(stage_depths(variant), blocks)) names.push_back(variant.name);
    if (std::ranges::equal(keras_resnet50v2_blocks, blocks)) names.push_back("keras_resnet50v2");
    return names;
}

bool compute_the_same(const Architecture& a, const Architecture& b) {
    return std::ranges::equal(a.steps, b.steps, [](Step x, Step y) {
        x.module.clear();
        y.module.clear();
        return x == y;
    });
}

Architecture architecture(std::string_view name, int classes) {
    for (const ResNetVariant& variant : resnet_variants)
        if (variant.name == name) return resnet(variant, classes);
    for (const TimmResNetVariant& variant : timm_resnet_variants())
        if (variant.name == name) return timm_resnet(variant, classes);
    for (const ResNetV2Variant& variant : resnetv2_variants())
        if (variant.name == name) return resnetv2(variant, classes);
    for (const EfficientNetLiteVariant& variant : efficientnet_lite_variants)
        if (variant.name == name) return efficientnet_lite(variant, classes);
    if (name == "keras_resnet50v2") return keras_resnet50v2(classes);
    unknown_name(name);
}

std::vector<Shape> value_shapes(const Architecture& architecture, int height, int width) {
    std::vector<Shape> shapes = {{3, height, width}};
    for (const Step& step : architecture.steps) {
        const Shape& input = shapes[step.input];
        switch (step.operation) {
            case Operation::convolution:
            case Operation::max_pool:
            case Operation::average_pool:
            case Operation::blur_pool:
                shapes.push_back({step.out_channels, step.window.outputs_for(input[1]),
                                  step.window.outputs_for(input[2])});
                break;
            case Operation::batch_norm:
            case Operation::group_norm:
            case Operation::evo_norm:
            case Operation::activation:
            case Operation::squeeze_excitation:
            case Operation::channel_attention:
            case Operation::add: shapes.push_back(Shape(input)); break;
            case Operation::global_average_pool:
            case Operation::linear: shapes.push_back({step.out_channels}); break;
        }
    }
    return shapes;
}

}  // namespace imnet
