#include "models/fused_net.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet {
namespace {

// What a batch norm computes in inference, for each channel: x · scale + shift.
struct Affine {
    std::vector<double> scale;
    std::vector<double> shift;
};

class Fusing {
public:
    Fusing(const Architecture& architecture, const Parameters& parameters)
        : steps_(architecture.steps), absorbed_(steps_.size(), false), readers_(steps_.size() + 1) {
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            readers_[steps_[i].input].push_back(i);
            if (steps_[i].other >= 0) readers_[steps_[i].other].push_back(i);
        }
        for (std::size_t i = 0; i < architecture.parameters.size(); ++i) {
            tensors_.emplace(architecture.parameters[i].name, parameters.at(i));
        }
    }

    // A fused step runs at the place of the last step that it absorbs, because its residual may be computed
    // after the convolution.
    std::vector<FusedStep> run() {
        std::map<std::size_t, FusedStep> by_place;
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            if (absorbed_[i]) continue;
            std::size_t place = i;
            FusedStep fused = fuse_from(i, place);
            by_place.emplace(place, std::move(fused));
        }
        std::vector<FusedStep> fused;
        for (auto& [place, step] : by_place) fused.push_back(std::move(step));
        return fused;
    }

private:
    FusedStep fuse_from(std::size_t first, std::size_t& place) {
        FusedStep fused = plain(steps_[first]);
        for (const Step* next = only_reader(fused.output, place); next != nullptr && absorb(fused, *next);
             next = only_reader(fused.output, place)) {
            place = static_cast<std::size_t>(next - steps_.data());
            absorbed_[place] = true;
        }
        return fused;
    }

    // The step that reads the value if it is the only one, comes after `place` and was not absorbed; else
    // null.
    const Step* only_reader(int value, std::size_t place) const {
        const auto& readers = readers_[static_cast<std::size_t>(value)];
        if (readers.size() != 1 || readers.front() <= place || absorbed_[readers.front()]) return nullptr;
        return &steps_[readers.front()];
    }

    std::span<const float> tensor(const std::string& module, const char* field) const {
        return tensors_.at(module + "." + field);
    }

    Affine affine(const Step& step) const {
        const auto gamma = tensor(step.module, "weight"), beta = tensor(step.module, "bias");
        const auto mean = tensor(step.module, "running_mean"), variance = tensor(step.module, "running_var");
        Affine result;
        for (std::size_t c = 0; c < gamma.size(); ++c) {
            const double scale = gamma[c] / std::sqrt(static_cast<double>(variance[c]) + step.eps);
            result.scale.push_back(scale);
            result.shift.push_back(beta[c] - mean[c] * scale);
        }
        return result;
    }

    std::span<const float> tensor_if(bool present, const std::string& module, const char* field) const {
        return present ? tensor(module, field) : std::span<const float>();
    }

    // The step alone, before it absorbs others.
    FusedStep plain(const Step& step) const {
        FusedStep fused;
        fused.kind = kind_of(step);
        fused.name = step.module;
        fused.input = step.input;
        fused.output = step.output;
        fused.in_channels = step.in_channels;
        fused.out_channels = step.out_channels;
        fused.window = step.window;
        fused.groups = step.groups;
        fused.reduced_channels = step.reduced_channels;
        fused.eps = step.eps;
        switch (step.operation) {
            case Operation::convolution:
            case Operation::linear: set_convolution(fused, step); break;
            case Operation::batch_norm: set_after(fused, affine(step)); break;
            case Operation::group_norm:
            case Operation::evo_norm:
                fused.weight = tensor(step.module, "weight");
                fused.bias = values(tensor(step.module, "bias"));
                fused.gate = tensor_if(step.operation == Operation::evo_norm, step.module, "v");
                break;
            case Operation::squeeze_excitation:
                fused.weight = tensor(step.module, "fc2.weight");
                fused.bias = values(tensor(step.module, "fc2.bias"));
                fused.reduce_weight = tensor(step.module, "fc1.weight");
                fused.reduce_bias = tensor(step.module, "fc1.bias");
                break;
            case Operation::channel_attention: fused.weight = tensor(step.module, "conv.weight"); break;
            default: break;  // it has no tensors
        }
        return fused;
    }

    static FusedStep::Kind kind_of(const Step& step) {
        using Kind = FusedStep::Kind;
        switch (step.operation) {
            case Operation::convolution: return Kind::convolution;
            case Operation::batch_norm: return Kind::affine;
            case Operation::group_norm: return Kind::group_norm;
            case Operation::evo_norm: return Kind::evo_norm;
            case Operation::max_pool: return Kind::max_pool;
            case Operation::average_pool: return Kind::average_pool;
            case Operation::blur_pool: return Kind::blur_pool;
            case Operation::global_average_pool: return Kind::global_average_pool;
            case Operation::squeeze_excitation: return Kind::squeeze_excitation;
            case Operation::channel_attention: return Kind::channel_attention;
            case Operation::linear: return Kind::linear;
            case Operation::activation:
            case Operation::add: break;
        }
        throw ModelError(
            fmt::format("{}: this step cannot be fused into one before it: use --engine torch", step.module));
    }

    static std::vector<float> values(std::span<const float> tensor) { return {tensor.begin(), tensor.end()}; }

    void set_convolution(FusedStep& fused, const Step& step) const {
        const auto channels = static_cast<std::size_t>(step.out_channels);
        fused.weight = tensor(step.module, "weight");
        fused.bias = step.bias ? values(tensor(step.module, "bias")) : std::vector<float>(channels, 0.0F);
        if (!step.standardised) return;
        const std::size_t per_channel = fused.weight.size() / channels;
        for (std::size_t c = 0; c < channels; ++c) {
            const auto weights = fused.weight.subspan(c * per_channel, per_channel);
            const auto count = static_cast<double>(per_channel);
            const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / count;
            double squares = 0;
            for (const float weight : weights) squares += (weight - mean) * (weight - mean);
            fused.weight_mean.push_back(mean);
            fused.weight_scale.push_back(1 / std::sqrt(squares / count + step.eps));
        }
    }

    static void set_after(FusedStep& fused, const Affine& norm) {
        fused.scale.assign(norm.scale.begin(), norm.scale.end());
        fused.shift.assign(norm.shift.begin(), norm.shift.end());
    }

    static void fold(FusedStep& fused, const Affine& norm) {
        fused.weight_scale.resize(norm.scale.size(), 1.0);
        for (std::size_t c = 0; c < fused.bias.size(); ++c) {
            fused.weight_scale[c] *= norm.scale[c];
            fused.bias[c] = static_cast<float>(fused.bias[c] * norm.scale[c] + norm.shift[c]);
        }
    }

    static bool has_residual_form(FusedStep::Kind kind) {
        using Kind = FusedStep::Kind;
        return kind == Kind::convolution || kind == Kind::group_norm || kind == Kind::evo_norm ||
               kind == Kind::squeeze_excitation || kind == Kind::channel_attention;
    }

    // Fuses `next`, the only step that reads the output of `fused`, into `fused`. Returns false if it does
    // not fit into relu((operation(x) + residual) · scale + shift).
    bool absorb(FusedStep& fused, const Step& next) const {
        if (fused.activation != Activation::none) return false;
        const bool convolves = fused.kind == FusedStep::Kind::convolution;
        const bool pools = fused.kind == FusedStep::Kind::max_pool;
        const bool adds = has_residual_form(fused.kind);
        if (next.operation == Operation::activation) {
            const bool cuts = adds || pools || fused.kind == FusedStep::Kind::affine;
            if (!convolves && !(cuts && next.activation == Activation::relu)) return false;
            fused.activation = next.activation;
        } else if (next.operation == Operation::batch_norm) {
            if ((!convolves && !pools) || !fused.scale.empty()) return false;
            if (fused.residual >= 0 || pools) {
                set_after(fused, affine(next));
            } else {
                fold(fused, affine(next));
            }
        } else if (next.operation == Operation::add) {
            if (!adds || fused.residual >= 0 || !fused.scale.empty()) return false;
            fused.residual = next.input == fused.output ? next.other : next.input;
        } else {
            return false;
        }
        fused.output = next.output;
        return true;
    }

    const std::vector<Step>& steps_;
    std::vector<bool> absorbed_;
    std::vector<std::vector<std::size_t>> readers_;  ///< for each value, the steps that read it
    std::map<std::string, std::span<const float>, std::less<>> tensors_;
};

}  // namespace

FusedNet fuse(const Architecture& architecture, const Parameters& parameters) {
    return {Fusing(architecture, parameters).run(), architecture.classes, parameters};
}

std::vector<float> folded_weight(const FusedStep& step) {
    std::vector<float> folded(step.weight.begin(), step.weight.end());
    if (step.weight_scale.empty()) return folded;
    const std::size_t per_channel = folded.size() / step.weight_scale.size();
    float* element = folded.data();
    for (std::size_t c = 0; c < step.weight_scale.size(); ++c) {
        const double mean = step.weight_mean.empty() ? 0.0 : step.weight_mean[c];
        for (std::size_t i = 0; i < per_channel; ++i, ++element)
            *element = static_cast<float>((*element - mean) * step.weight_scale[c]);
    }
    return folded;
}

}  // namespace imnet
