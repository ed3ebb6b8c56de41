// The fast engine for CPUs: batch norms are folded, steps are fused, and activations are channels-last in a
// few buffers that are reused. oneDNN computes the convolutions, except those for which lib/kernels is
// faster.
#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <omp.h>

#include "base/errors.h"
#include "engines/module.h"
#include "engines/onednn/prepared_net.h"
#include "kernels/channel_loops.h"

namespace imnet {
namespace {

// One section of the schedule for one number of images at a time: a runner a step.
using Pass = std::vector<std::unique_ptr<StepRunner>>;

class OneDnnWorker : public Worker {
public:
    explicit OneDnnWorker(std::shared_ptr<const PreparedNet> net)
        : net_(std::move(net)), passes_(net_->schedule().sections.size()) {
        omp_set_num_threads(net_->purpose().threads);
        for (const Buffer& buffer : net_->schedule().buffers) buffers_.emplace_back(buffer.bytes);
        if (net_->purpose().arithmetic == Arithmetic::bf16_by_rounding) {
            widened_ = AlignedMemory(net_->value_bytes(0) * static_cast<std::size_t>(net_->purpose().batch));
        }
        for (std::size_t section = 0; section < passes_.size(); ++section) {
            pass(section, net_->schedule().sections[section].images);
        }
    }

    void run(std::span<const std::byte> images, int count, std::span<float> logits) override try {
        const int batch = net_->purpose().batch;
        const std::size_t image_bytes = images.size() / static_cast<std::size_t>(std::max(count, 1));
        const auto classes = static_cast<std::size_t>(net_->net().classes);
        for (int first = 0; first < count; first += batch) {
            run_batch(images.data() + static_cast<std::size_t>(first) * image_bytes,
                      std::min(batch, count - first),
                      logits.data() + static_cast<std::size_t>(first) * classes);
        }
    } catch (const dnnl::error& error) {
        if (error.status == dnnl_out_of_memory) throw std::bad_alloc();  // fewer images may fit
        throw OutputError(fmt::format("oneDNN failed: {}", error.what()));
    }

private:
    void run_batch(const std::byte* images, int count, float* logits) {
        input_ = images;
        if (widened_.data() != nullptr) {
            widen_bfloat16(reinterpret_cast<const std::uint16_t*>(images),
                           net_->value_bytes(0) / sizeof(float) * static_cast<std::size_t>(count),
                           reinterpret_cast<float*>(widened_.data()));
            input_ = widened_.data();
        }
        logits_ = reinterpret_cast<std::byte*>(logits);
        for (std::size_t section = 0; section < passes_.size(); ++section) {
            // The images that do not fill a pass go through in smaller passes, each a power of two.
            int images_a_pass = net_->schedule().sections[section].images;
            for (int first = 0; first < count; first += images_a_pass) {
                images_a_pass = std::min(
                    images_a_pass, static_cast<int>(std::bit_floor(static_cast<unsigned>(count - first))));
                run_pass(section, first, images_a_pass);
            }
        }
    }

    void run_pass(std::size_t index, int first_image, int images) {
        const Section& section = net_->schedule().sections[index];
        const Pass& ready = pass(index, images);
        for (std::size_t i = section.first; i < section.last; ++i) {
            const FusedStep& step = net_->net().steps[i];
            ready[i - section.first]->run(place(step.input, first_image),
                                          const_cast<std::byte*>(place(step.output, first_image)));
        }
    }

    // Where a value is, for the pass that begins with that image.
    const std::byte* place(int value, int first_image) const {
        const std::size_t offset = static_cast<std::size_t>(first_image) * net_->value_bytes(value);
        const int buffer = net_->schedule().buffer_of[static_cast<std::size_t>(value)];
        if (buffer < 0) return (value == 0 ? input_ : logits_) + offset;
        const bool whole_batch = net_->schedule().buffers[static_cast<std::size_t>(buffer)].whole_batch;
        return buffers_[static_cast<std::size_t>(buffer)].data() + (whole_batch ? offset : 0);
    }

    const Pass& pass(std::size_t index, int images) {
        Pass& found = passes_[index][images];
        const Section& section = net_->schedule().sections[index];
        for (std::size_t i = section.first + found.size(); i < section.last; ++i) {
            found.push_back(net_->runner(i, images, scratch_));
        }
        return found;
    }

    std::shared_ptr<const PreparedNet> net_;
    Scratch scratch_;
    std::vector<AlignedMemory> buffers_;
    AlignedMemory widened_;  ///< the pixels as float32, if they arrive as bfloat16 and float32 is needed
    std::vector<std::map<int, Pass>> passes_;  ///< by section and number of images
    const std::byte* input_ = nullptr;
    std::byte* logits_ = nullptr;
};

bool has(dnnl_cpu_isa_t wanted) {
    return (static_cast<unsigned>(dnnl_get_effective_cpu_isa()) & static_cast<unsigned>(wanted)) ==
           static_cast<unsigned>(wanted);
}

// Processors with AVX-512 FP16 are fast in bfloat16 only by AMX, which a virtual machine may hide: their
// vector instruction for it takes twice as long as those for float32 (measured with ResNet-50).
bool is_fast_in_bf16() {
    return has(dnnl_cpu_isa_avx512_core_bf16) &&
           (has(dnnl_cpu_isa_avx512_core_amx) || !has(dnnl_cpu_isa_avx512_core_fp16));
}

Arithmetic choose(Precision precision) {
    if (precision == Precision::fp32) return Arithmetic::fp32;
    if (is_fast_in_bf16()) return Arithmetic::bf16;
    return precision == Precision::bf16 ? Arithmetic::bf16_by_rounding : Arithmetic::fp32;
}

std::string_view instructions() {
    if (has(dnnl_cpu_isa_avx512_core_amx)) return "AMX";
    if (has(dnnl_cpu_isa_avx512_core)) return "AVX-512";
    if (has(dnnl_cpu_isa_avx2)) return "AVX2";
    return "SSE4.1";
}

class OneDnnEngine : public Engine {
public:
    OneDnnEngine(const Architecture& architecture, const Parameters& parameters, const EngineOptions& options)
        : architecture_(architecture),
          parameters_(parameters),
          options_(options),
          arithmetic_(choose(options.precision)) {}

    std::unique_ptr<Worker> worker(int threads) const override try {
        return std::make_unique<OneDnnWorker>(prepared(threads));
    } catch (const dnnl::error& error) {
        if (error.status == dnnl_out_of_memory) throw std::bad_alloc();
        throw OutputError(fmt::format("oneDNN cannot prepare the net: {}", error.what()));
    }

    PixelFormat pixel_format() const override {
        return arithmetic_ == Arithmetic::fp32 ? PixelFormat::interleaved_float32
                                               : PixelFormat::interleaved_bfloat16;
    }
    std::string device() const override { return "cpu"; }
    Precision precision() const override {
        return arithmetic_ == Arithmetic::fp32 ? Precision::fp32 : Precision::bf16;
    }
    // In float32 the order of additions is always the same. For bfloat16 instructions that is not known.
    bool batch_invariant() const override { return arithmetic_ != Arithmetic::bf16; }
    std::string library() const override {
        const dnnl_version_t* version = dnnl_version();
        return fmt::format("oneDNN {}.{}.{}, {}", version->major, version->minor, version->patch,
                           instructions());
    }
    std::string remark() const override {
        if (arithmetic_ != Arithmetic::bf16_by_rounding) return "";
        return "this processor is not fast in bfloat16: numbers are only rounded to bfloat16, which is not "
               "faster than --precision fp32";
    }

private:
    std::shared_ptr<const PreparedNet> prepared(int threads) const {
        const std::lock_guard lock(mutex_);
        auto& net = prepared_[threads];
        if (net == nullptr) {
            net = std::make_shared<const PreparedNet>(
                architecture_, fuse(architecture_, parameters_),
                PreparedFor{arithmetic_, options_.image_size, options_.batch,
                            std::max(options_.threads / threads, 1), threads});
        }
        return net;
    }

    Architecture architecture_;
    Parameters parameters_;
    EngineOptions options_;
    Arithmetic arithmetic_;
    mutable std::mutex mutex_;
    mutable std::map<int, std::shared_ptr<const PreparedNet>> prepared_;  ///< by threads of a worker
};

}  // namespace

IMNET_MODULE_FUNCTION Engine* imnet_open_engine(const Architecture& architecture,
                                                const Parameters& parameters, const EngineOptions& options) {
    return new OneDnnEngine(architecture, parameters, options);
}

}  // namespace imnet
