#include "models/fused_net.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
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

    // The step alone, before it absorbs others.
    FusedStep plain(const Step& step) const {
        FusedStep fused;
        fused.name = step.module;
        fused.input = step.input;
        fused.output = step.output;
        fused.in_channels = step.in_channels;
        fused.out_channels = step.out_channels;
        fused.window = step.window;
        fused.groups = step.groups;
        switch (step.operation) {
            case Operation::convolution:
            case Operation::linear: {
                fused.kind = step.operation == Operation::linear ? FusedStep::Kind::linear
                                                                 : FusedStep::Kind::convolution;
                fused.weight = tensor(step.module, "weight");
                fused.bias.assign(static_cast<std::size_t>(step.out_channels), 0.0F);
                if (step.bias) std::ranges::copy(tensor(step.module, "bias"), fused.bias.begin());
                return fused;
            }
            case Operation::batch_norm: {
                fused.kind = FusedStep::Kind::affine;
                set_after(fused, affine(step));
                return fused;
            }
            case Operation::max_pool: fused.kind = FusedStep::Kind::max_pool; return fused;
            case Operation::global_average_pool:
                fused.kind = FusedStep::Kind::global_average_pool;
                return fused;
            case Operation::group_norm:
            case Operation::evo_norm:
            case Operation::average_pool:
            case Operation::blur_pool:
            case Operation::squeeze_excitation:
            case Operation::channel_attention:
            case Operation::activation:
            case Operation::add: break;
        }
        throw ModelError(
            fmt::format("{}: this step cannot be fused into one before it: use --engine torch", step.module));
    }

    static void set_after(FusedStep& fused, const Affine& norm) {
        fused.scale.assign(norm.scale.begin(), norm.scale.end());
        fused.shift.assign(norm.shift.begin(), norm.shift.end());
    }

    static void fold(FusedStep& fused, const Affine& norm) {
        fused.weight_scale.assign(norm.scale.begin(), norm.scale.end());
        for (std::size_t c = 0; c < fused.bias.size(); ++c) {
            fused.bias[c] = static_cast<float>(fused.bias[c] * norm.scale[c] + norm.shift[c]);
        }
    }

    // Fuses `next`, the only step that reads the output of `fused`, into `fused`. Returns false if it does
    // not fit into relu((operation(x) + residual) · scale + shift).
    bool absorb(FusedStep& fused, const Step& next) const {
        const bool convolves = fused.kind == FusedStep::Kind::convolution;
        const bool pools = fused.kind == FusedStep::Kind::max_pool;
        const bool affine_only = fused.kind == FusedStep::Kind::affine;
        const bool may_activate =
            convolves || ((pools || affine_only) && next.activation == Activation::relu);
        const bool activated = fused.activation != Activation::none;
        if (next.operation == Operation::activation && may_activate && !activated) {
            fused.activation = next.activation;
        } else if (next.operation == Operation::batch_norm && (convolves || pools) && !activated &&
                   fused.scale.empty()) {
            if (fused.residual >= 0 || pools) {
                set_after(fused, affine(next));
            } else if (fused.weight_scale.empty()) {
                fold(fused, affine(next));
            } else {
                return false;
            }
        } else if (next.operation == Operation::add && convolves && fused.residual < 0 && !activated &&
                   fused.scale.empty()) {
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
    for (const float scale : step.weight_scale) {
        for (std::size_t i = 0; i < per_channel; ++i) *element++ *= scale;
    }
    return folded;
}

}  // namespace imnet
