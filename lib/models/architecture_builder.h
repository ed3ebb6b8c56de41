#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/architecture.h"

namespace imnet {

/// Describes a net the way a PyTorch module does: first its members are registered, in the order of
/// the constructor (that is the order of `print(model)` and of the state dict), then the forward
/// pass applies them, as often and in the order it likes.
class ArchitectureBuilder {
public:
    ArchitectureBuilder(std::string_view name, std::string_view type, int classes);

    /// A module without tensors: a container, or a layer that inference skips.
    void module(std::string_view path, std::string_view type, std::string_view details = "");
    /// A square `Conv2d` without bias, padded so that stride 1 keeps the size.
    void convolution(std::string_view path, int in_channels, int out_channels, int kernel, int stride = 1,
                     int groups = 1);
    /// Batch normalisation over channels; `type` is the class that holds it.
    void batch_norm(std::string_view path, int channels, std::string_view type = "BatchNorm2d");
    void relu(std::string_view path);
    /// 3×3, stride 2, padded by 1.
    void max_pool(std::string_view path);
    void global_average_pool(std::string_view path, std::string_view type, std::string_view details);
    /// The classifier, a `Linear`.
    void linear_head(std::string_view path, int in_features);
    /// The classifier as a 1×1 `Conv2d` over the pooled features: the same sums, a weight
    /// [classes, in_features, 1, 1].
    void convolution_head(std::string_view path, int in_features);

    /// Adds the step in which a registered module reads the value `input`; returns the value it writes.
    int apply(std::string_view path, int input);
    /// Adds the step `input + other` of a block; returns the value it writes.
    int add(std::string_view block, int input, int other);

    Architecture finish() && { return std::move(net_); }

private:
    void tensor(std::string_view path, std::string_view field, std::vector<std::int64_t> shape,
                ParameterKind kind, Operation operation);
    void head(std::string_view path, std::string_view type, std::string_view details,
              std::vector<std::int64_t> weight_shape);

    Architecture net_;
    std::map<std::string, Step, std::less<>> layers_;
};

}  // namespace imnet
