#include "engines/onednn/kernel_runner.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"
#include "kernels/average_pool.h"
#include "kernels/channel_gate.h"
#include "kernels/channel_loops.h"
#include "kernels/group_norm.h"
#include "kernels/linear.h"
#include "kernels/max_pool.h"

namespace imnet {
namespace {

bool has_relu(const FusedStep& step) { return step.activation == Activation::relu; }

std::size_t pixels(NhwcImages images) {
    return static_cast<std::size_t>(images.count) * images.height * images.width;
}

template <typename Element>
class KernelRunner : public StepRunner {
public:
    KernelRunner(const FusedStep& step, const KernelRun& run)
        : step_(step),
          run_(run),
          window_{step.window.kernel, step.window.stride, step.window.padding_for(run.input.height).before,
                  run.output.height, run.output.width} {
        using Kind = FusedStep::Kind;
        if (step.kind != Kind::squeeze_excitation && step.kind != Kind::channel_attention) return;
        averages_.resize(static_cast<std::size_t>(run.input.count) * step.in_channels);
        gates_.resize(averages_.size());
    }

    void run(const std::byte* source, std::byte* destination) override {
        using Kind = FusedStep::Kind;
        const auto* from = reinterpret_cast<const Element*>(source);
        auto* to = reinterpret_cast<Element*>(destination);
        const int channels = step_.in_channels;
        switch (step_.kind) {
            case Kind::affine:
                return affine(from, run_.input, channels, step_.scale.data(), step_.shift.data(),
                              has_relu(step_), to);
            case Kind::group_norm:
            case Kind::evo_norm: return normalise(from, to);
            case Kind::max_pool: return pool_maxima(from, to);
            case Kind::average_pool:
                return in_parts([&](int part) {
                    average_pool(from, run_.input, channels, window_, to, part, run_.threads);
                });
            case Kind::blur_pool:
                return in_parts([&](int part) {
                    blur_pool(from, run_.input, channels, window_, to, part, run_.threads);
                });
            case Kind::squeeze_excitation:
            case Kind::channel_attention: return gate(from, to);
            case Kind::global_average_pool:
                return global_average_pool(from, run_.input, channels, reinterpret_cast<float*>(destination));
            case Kind::linear:
                return linear(reinterpret_cast<const float*>(source), run_.input.count, channels,
                              step_.weight.data(), step_.bias.data(), step_.out_channels,
                              reinterpret_cast<float*>(destination));
            case Kind::convolution: break;
        }
    }

private:
    template <typename Part>
    void in_parts(const Part& run_part) const {
#pragma omp parallel for num_threads(run_.threads) schedule(static, 1) if (run_.threads > 1)
        for (int part = 0; part < run_.threads; ++part) run_part(part);
    }

    void normalise(const Element* source, Element* destination) const {
        const GroupNorm norm{step_.groups, step_.eps,           step_.weight,   step_.bias,
                             step_.gate,   step_.residual >= 0, has_relu(step_)};
        in_parts([&](int part) {
            group_norm(source, run_.input, step_.in_channels, norm, destination, part, run_.threads);
        });
    }

    void pool_maxima(const Element* source, Element* destination) const {
        const std::span from(source, pixels(run_.input) * step_.in_channels);
        const std::span to(destination, pixels(run_.output) * step_.in_channels);
        const auto padding = step_.window.zeros ? MaxPoolPadding::zeros : MaxPoolPadding::lowest;
        in_parts([&](int part) {
            max_pool(from, run_.input, step_.in_channels, window_, padding, to,
                     {step_.scale, step_.shift, has_relu(step_)}, part, run_.threads);
        });
    }

    void gate(const Element* source, Element* destination) {
        const int images = run_.input.count, channels = step_.in_channels;
        global_average_pool(source, run_.input, channels, averages_.data());
        if (step_.kind == FusedStep::Kind::squeeze_excitation) {
            squeeze_excitation_gates(averages_.data(), images,
                                     {step_.reduce_weight, step_.reduce_bias, step_.weight, step_.bias},
                                     gates_.data());
        } else {
            channel_attention_gates(averages_.data(), images, channels, step_.weight, gates_.data());
        }
        in_parts([&](int part) {
            apply_gates(source, run_.input, channels, gates_.data(), {step_.residual >= 0, has_relu(step_)},
                        destination, part, run_.threads);
        });
    }

    const FusedStep& step_;
    KernelRun run_;
    PoolWindow window_;
    std::vector<float> averages_;  ///< of a gate: [images, channels]
    std::vector<float> gates_;     ///< the same
};

void require_kernel(const FusedStep& step) {
    const Window& window = step.window;
    const bool pools = step.kind == FusedStep::Kind::max_pool;
    const bool blurs = step.kind == FusedStep::Kind::blur_pool;
    if ((pools && (window.kernel > 3 || window.same)) || (blurs && window.kernel != 3)) {
        throw ModelError(
            fmt::format("{}: the oneDNN engine has no pool with a window of {}×{}: use --engine torch",
                        step.name, window.kernel, window.kernel));
    }
}

}  // namespace

std::unique_ptr<StepRunner> kernel_runner(const FusedStep& step, const KernelRun& run) {
    require_kernel(step);
    if (run.arithmetic == Arithmetic::bf16) return std::make_unique<KernelRunner<std::uint16_t>>(step, run);
    return std::make_unique<KernelRunner<float>>(step, run);
}

}  // namespace imnet
