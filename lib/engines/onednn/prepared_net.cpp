#include "engines/onednn/prepared_net.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <numeric>
#include <span>
#include <utility>

#include "base/run_on_threads.h"
#include "engines/onednn/kernel_runner.h"
#include "kernels/channel_loops.h"

namespace imnet {
namespace {

template <typename Element>
const Element* elements(const std::byte* bytes) {
    return reinterpret_cast<const Element*>(bytes);
}
template <typename Element>
Element* elements(std::byte* bytes) {
    return reinterpret_cast<Element*>(bytes);
}

std::size_t pixels(NhwcImages images) {
    return static_cast<std::size_t>(images.count) * images.height * images.width;
}

/// ReLU is the only activation that the kernels of lib/kernels fuse.
bool has_relu(const FusedStep& step) { return step.activation == Activation::relu; }

class WinogradRunner : public StepRunner {
public:
    WinogradRunner(const WinogradConvolution& convolution, const FusedStep& step, NhwcImages images,
                   int threads, Scratch& scratch)
        : convolution_(convolution),
          step_(step),
          images_(images),
          threads_(threads),
          scratch_floats_((convolution.scratch_floats(images_) + 15) / 16 * 16),
          scratch_(scratch) {
        scratch.reserve(scratch_floats_ * static_cast<std::size_t>(threads) * sizeof(float));
    }

    void run(const std::byte* source, std::byte* destination) override {
        const std::span from(elements<float>(source), pixels(images_) * step_.in_channels);
        const std::span to(elements<float>(destination), pixels(images_) * step_.out_channels);
        const WinogradEpilogue epilogue{step_.residual >= 0 ? to.data() : nullptr, has_relu(step_)};
        auto* scratch = elements<float>(scratch_.data());
#pragma omp parallel for num_threads(threads_) schedule(static, 1) if (threads_ > 1)
        for (int part = 0; part < threads_; ++part) {
            convolution_.run_part(
                from, images_, to, epilogue,
                {scratch + scratch_floats_ * static_cast<std::size_t>(part), scratch_floats_}, part,
                threads_);
        }
    }

private:
    const WinogradConvolution& convolution_;
    const FusedStep& step_;
    NhwcImages images_;
    int threads_;
    std::size_t scratch_floats_;
    Scratch& scratch_;
};

class GroupedRunner : public StepRunner {
public:
    GroupedRunner(const GroupedConvolution& convolution, const FusedStep& step, NhwcImages images,
                  std::size_t written, int threads)
        : convolution_(convolution), step_(step), images_(images), written_(written), threads_(threads) {}

    void run(const std::byte* source, std::byte* destination) override {
        const std::span from(elements<float>(source), pixels(images_) * step_.in_channels);
        const std::span to(elements<float>(destination), written_);
#pragma omp parallel for num_threads(threads_) schedule(static, 1) if (threads_ > 1)
        for (int part = 0; part < threads_; ++part) {
            convolution_.run(from, images_, to, has_relu(step_), part, threads_);
        }
    }

private:
    const GroupedConvolution& convolution_;
    const FusedStep& step_;
    NhwcImages images_;
    std::size_t written_;
    int threads_;
};

/// Rounds to bfloat16 what another runner has written.
class RoundingRunner : public StepRunner {
public:
    RoundingRunner(std::unique_ptr<StepRunner> runner, std::size_t written)
        : runner_(std::move(runner)), written_(written) {}

    void run(const std::byte* source, std::byte* destination) override {
        runner_->run(source, destination);
        round_to_bfloat16(elements<float>(destination), written_);
    }

private:
    std::unique_ptr<StepRunner> runner_;
    std::size_t written_;
};

// Runs all jobs on that many threads.
void run_jobs(const std::vector<std::function<void()>>& jobs, int threads) {
    std::atomic<std::size_t> next{0};
    run_on_threads(threads, [&] {
        for (std::size_t job = next++; job < jobs.size(); job = next++) jobs[job]();
    });
}

}  // namespace

PreparedNet::PreparedNet(const Architecture& architecture, FusedNet net, const PreparedFor& purpose)
    : net_(std::move(net)),
      purpose_(purpose),
      shapes_(value_shapes(architecture, purpose.image_size, purpose.image_size)) {
    for (const Shape& shape : shapes_) {
        const auto elements = static_cast<std::size_t>(
            std::reduce(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()));
        // Pooled features and logits are kept in float32 throughout.
        value_bytes_.push_back(elements *
                               (shape.size() == 1 ? sizeof(float) : element_bytes(purpose.arithmetic)));
    }
    schedule_ = imnet::schedule(net_, value_bytes_, purpose.batch);
    // A pre-activation net never normalises its sums, so rounding errors add up. It gets the smaller tile,
    // which is as exact as a direct convolution; other nets get the faster one.
    const bool pre_activation = std::ranges::any_of(net_.steps, [](const FusedStep& step) {
        return step.kind == FusedStep::Kind::convolution && step.residual >= 0 &&
               step.activation == Activation::none;
    });
    tile_ = pre_activation ? 2 : 4;
    prepare_all();
}

NhwcImages PreparedNet::images_of(int value, int images) const {
    const Shape& shape = shapes_[static_cast<std::size_t>(value)];
    if (shape.size() == 1) return {images, 1, 1};
    return {images, static_cast<int>(shape[1]), static_cast<int>(shape[2])};
}

PreparedNet::Convolution PreparedNet::make_convolution(const FusedStep& step) const {
    const NhwcImages input = images_of(step.input, 1);
    const auto fits = [&](auto predicate) {
        return purpose_.arithmetic != Arithmetic::bf16 && step.scale.empty() &&
               (step.activation == Activation::none || has_relu(step)) && !step.window.same &&
               predicate(step.in_channels, step.out_channels, step.window.kernel, step.window.stride,
                         step.window.padding, step.groups);
    };
    const bool winograd = fits(winograd_fits), grouped = step.residual < 0 && fits(grouped_fits);
    Convolution made;
    if (!winograd && !grouped) {
        made.onednn = std::make_unique<OneDnnConvolution>(step, input.height, input.width,
                                                          purpose_.arithmetic, purpose_.threads, engine_);
        return made;
    }
    std::vector<float> weight = folded_weight(step);
    if (purpose_.arithmetic == Arithmetic::bf16_by_rounding) round_to_bfloat16(weight.data(), weight.size());
    if (winograd) {
        made.winograd = std::make_unique<WinogradConvolution>(step.in_channels, step.out_channels, tile_,
                                                              weight, step.bias);
    } else {
        made.grouped = std::make_unique<GroupedConvolution>(step.in_channels, step.groups, step.window.stride,
                                                            weight, step.bias);
    }
    return made;
}

void PreparedNet::prepare_all() {
    convolutions_.resize(net_.steps.size());
    std::vector<std::function<void()>> jobs;
    for (const Section& section : schedule_.sections) {
        for (std::size_t i = section.first; i < section.last; ++i) {
            if (net_.steps[i].kind != FusedStep::Kind::convolution) continue;
            jobs.emplace_back([this, i, images = section.images] {
                convolutions_[i] = make_convolution(net_.steps[i]);
                if (convolutions_[i].onednn) convolutions_[i].onednn->prepare(images);
            });
        }
    }
    // The last layers have the most weights. The threads finish at about the same time if they start with
    // them.
    std::ranges::reverse(jobs);
    run_jobs(jobs, purpose_.workers * purpose_.threads);
}

std::unique_ptr<StepRunner> PreparedNet::runner(std::size_t index, int images, Scratch& scratch) const {
    const FusedStep& step = net_.steps[index];
    const Convolution& convolution = convolutions_[index];
    const NhwcImages input = images_of(step.input, images);
    std::unique_ptr<StepRunner> runner;
    if (convolution.onednn) {
        runner = convolution.onednn->runner(images, scratch);
    } else if (convolution.winograd) {
        runner =
            std::make_unique<WinogradRunner>(*convolution.winograd, step, input, purpose_.threads, scratch);
    } else if (convolution.grouped) {
        const std::size_t written =
            static_cast<std::size_t>(images) * value_bytes(step.output) / sizeof(float);
        runner =
            std::make_unique<GroupedRunner>(*convolution.grouped, step, input, written, purpose_.threads);
    } else {
        runner = kernel_runner(
            step, {input, images_of(step.output, images), purpose_.arithmetic, purpose_.threads});
    }
    // Features and logits stay in float32.
    const bool rounds = purpose_.arithmetic == Arithmetic::bf16_by_rounding &&
                        shapes_[static_cast<std::size_t>(step.output)].size() > 1;
    if (!rounds) return runner;
    const std::size_t written = static_cast<std::size_t>(images) * value_bytes(step.output) / sizeof(float);
    return std::make_unique<RoundingRunner>(std::move(runner), written);
}

}  // namespace imnet
