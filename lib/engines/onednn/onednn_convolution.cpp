#include "engines/onednn/onednn_convolution.h"

#include <cstring>
#include <utility>

#include <omp.h>

#include "kernels/channel_loops.h"

namespace imnet {
namespace {

using Memory = dnnl::memory;

Memory::dims weight_dimensions(const FusedStep& step) {
    const std::int64_t in = step.in_channels / step.groups, kernel = step.window.kernel;
    if (step.groups == 1) return {step.out_channels, in, kernel, kernel};
    return {step.groups, step.out_channels / step.groups, in, kernel, kernel};
}

Memory channel_values(const std::vector<float>& values, std::size_t dimensions, const dnnl::engine& engine) {
    const auto channels = static_cast<std::int64_t>(values.size());
    const Memory::desc description =
        dimensions == 1 ? Memory::desc({channels}, Memory::data_type::f32, Memory::format_tag::a)
                        : Memory::desc({1, channels, 1, 1}, Memory::data_type::f32, Memory::format_tag::nhwc);
    Memory memory(description, engine);
    std::memcpy(memory.get_data_handle(), values.data(), values.size() * sizeof(float));
    return memory;
}

void append_activation(dnnl::post_ops& after, Activation activation) {
    switch (activation) {
        case Activation::none: return;
        case Activation::relu: return after.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0);
        case Activation::relu6: return after.append_eltwise(dnnl::algorithm::eltwise_clip, 0, 6);
    }
}

}  // namespace

class OneDnnConvolution::Runner : public StepRunner {
public:
    Runner(const OneDnnConvolution& convolution, const Prepared& prepared, Scratch& scratch)
        : primitive_(prepared.primitive),
          stream_(convolution.engine_),
          source_(prepared.source, convolution.engine_, nullptr),
          destination_(prepared.destination, convolution.engine_, nullptr),
          scratchpad_(prepared.scratchpad, convolution.engine_, nullptr),
          weight_(prepared.weight),
          scratch_(scratch) {
        scratch.reserve(prepared.scratchpad.get_size());
        arguments_ = {{DNNL_ARG_SRC, source_.get()},
                      {DNNL_ARG_WEIGHTS, weight_.get()},
                      {DNNL_ARG_BIAS, convolution.bias_.get()},
                      {DNNL_ARG_DST, destination_.get()},
                      {DNNL_ARG_SCRATCHPAD, scratchpad_.get()}};
        if (convolution.scale_) {
            const int first = convolution.step_.residual >= 0 ? 1 : 0;  // behind the sum
            arguments_.push_back(
                {DNNL_ARG_ATTR_MULTIPLE_POST_OP(first) | DNNL_ARG_SRC_1, convolution.scale_.get()});
            arguments_.push_back(
                {DNNL_ARG_ATTR_MULTIPLE_POST_OP(first + 1) | DNNL_ARG_SRC_1, convolution.shift_.get()});
        }
    }

    void run(const std::byte* source, std::byte* destination) override {
        source_.set_data_handle(const_cast<std::byte*>(source));
        destination_.set_data_handle(destination);
        scratchpad_.set_data_handle(scratch_.data());
        dnnl::error::wrap_c_api(
            dnnl_primitive_execute(primitive_.get(), stream_.get(), static_cast<int>(arguments_.size()),
                                   arguments_.data()),
            "a convolution could not be run");
    }

private:
    dnnl::convolution_forward primitive_;
    dnnl::stream stream_;
    Memory source_;
    Memory destination_;
    Memory scratchpad_;
    Memory weight_;
    Scratch& scratch_;
    std::vector<dnnl_exec_arg_t> arguments_;
};

OneDnnConvolution::OneDnnConvolution(const FusedStep& step, int height, int width, Arithmetic arithmetic,
                                     int threads, const dnnl::engine& engine)
    : step_(step),
      height_(height),
      width_(width),
      arithmetic_(arithmetic),
      threads_(threads),
      engine_(engine),
      bias_(channel_values(step.bias, 1, engine)) {
    if (step.scale.empty()) return;
    scale_ = channel_values(step.scale, 4, engine);
    shift_ = channel_values(step.shift, 4, engine);
}

dnnl::convolution_forward::primitive_desc OneDnnConvolution::describe(int images) const {
    const Window& window = step_.window;
    const AxisPadding rows = window.padding_for(height_), columns = window.padding_for(width_);
    const auto type = arithmetic_ == Arithmetic::bf16 ? Memory::data_type::bf16 : Memory::data_type::f32;
    const Memory::desc source({images, step_.in_channels, height_, width_}, type, Memory::format_tag::nhwc);
    const Memory::desc destination(
        {images, step_.out_channels, window.outputs_for(height_), window.outputs_for(width_)}, type,
        Memory::format_tag::nhwc);
    const Memory::desc weight(weight_dimensions(step_), type, Memory::format_tag::any);

    dnnl::post_ops after;
    if (step_.residual >= 0) after.append_sum();
    if (scale_) {
        after.append_binary(dnnl::algorithm::binary_mul, scale_.get_desc());
        after.append_binary(dnnl::algorithm::binary_add, shift_.get_desc());
    }
    append_activation(after, step_.activation);
    dnnl::primitive_attr attributes;
    attributes.set_post_ops(after);
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);

    return {engine_,
            dnnl::prop_kind::forward_inference,
            dnnl::algorithm::convolution_direct,
            source,
            weight,
            bias_.get_desc(),
            destination,
            Memory::dims{window.stride, window.stride},
            Memory::dims{rows.before, columns.before},
            Memory::dims{rows.after, columns.after},
            attributes};
}

Memory OneDnnConvolution::packed_weight(const Memory::desc& wanted) {
    for (const auto& [owner, memory] : weights_) {
        if (memory.get_desc() == wanted) return memory;
    }
    std::vector<float> folded = folded_weight(step_);
    if (arithmetic_ == Arithmetic::bf16_by_rounding) round_to_bfloat16(folded.data(), folded.size());
    const Memory::desc plain(weight_dimensions(step_), Memory::data_type::f32,
                             step_.groups == 1 ? Memory::format_tag::oihw : Memory::format_tag::goihw);
    Memory source(plain, engine_, folded.data());
    AlignedMemory owner(wanted.get_size());
    Memory packed(wanted, engine_, owner.data());
    // Several layers are packed at once, each by one thread.
    omp_set_num_threads(1);
    dnnl::stream stream(engine_);
    dnnl::reorder(source, packed).execute(stream, source, packed);
    stream.wait();
    weights_.emplace_back(std::move(owner), packed);
    return packed;
}

const OneDnnConvolution::Prepared& OneDnnConvolution::prepared(int images) {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_images_.find(images); found != by_images_.end()) return found->second;
    // oneDNN plans for the threads that OpenMP has at that moment.
    omp_set_num_threads(threads_);
    const auto description = describe(images);
    Prepared prepared{dnnl::convolution_forward(description), description.src_desc(), description.dst_desc(),
                      description.scratchpad_desc(), packed_weight(description.weights_desc())};
    return by_images_.emplace(images, std::move(prepared)).first->second;
}

void OneDnnConvolution::prepare(int images) { prepared(images); }

std::unique_ptr<StepRunner> OneDnnConvolution::runner(int images, Scratch& scratch) {
    const Prepared& ready = prepared(images);
    omp_set_num_threads(threads_);
    return std::make_unique<Runner>(*this, ready, scratch);
}

}  // namespace imnet
