// The libtorch engine runs the network operation by operation, without folding or fusing, so its results are
// PyTorch's. It is the reference on the CPU and the only engine for CUDA.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/version.h>

#include "base/errors.h"
#include "engines/module.h"
#include "engines/torch/torch_net.h"

namespace imnet {

namespace {

/// Shared by all workers, read-only.
struct LoadedNet {
    TorchNet steps;
    std::int64_t classes;
    at::Device device;
    at::ScalarType type;  ///< of weights and activations
    std::int64_t image_size;
    Parameters parameters;  ///< owns the memory that the tensors view
};

class TorchWorker : public Worker {
public:
    TorchWorker(std::shared_ptr<const LoadedNet> net, int threads) : net_(std::move(net)) {
        // At the first use in a thread, libtorch sets its number of threads to what any thread has set last.
        // Let that happen before setting this thread's number.
        at::init_num_threads();
        at::set_num_threads(threads);
        // With a stream for each worker, one worker's pictures are copied while another's are computed.
        if (net_->device.is_cuda()) {
            stream_ = c10::impl::getDeviceGuardImpl(at::kCUDA)->getStreamFromGlobalPool(net_->device);
        }
    }

    void run(std::span<const std::byte> images, int count, std::span<float> logits) override try {
        const c10::InferenceMode inference;
        const at::NoTF32Guard no_tf32;
        const c10::OptionalStreamGuard on_stream(stream_);
        const at::Tensor pixels = at::from_blob(const_cast<std::byte*>(images.data()),
                                                {count, net_->image_size, net_->image_size, 3}, net_->type);
        // [N, H, W, 3] → [N, 3, H, W], channels last, without a copy
        const at::Tensor output =
            forward(net_->steps, on_device(pixels).permute({0, 3, 1, 2})).cpu().contiguous();
        std::memcpy(logits.data(), output.const_data_ptr<float>(), sizeof(float) * count * net_->classes);
    } catch (const c10::Error& error) {
        if (ran_out_of_memory(error)) throw std::bad_alloc();
        throw OutputError("libtorch failed on " + net_->device.str() + ": " + first_line(error));
    }

private:
    // From pinned memory the GPU copies asynchronously, while this thread queues the operations.
    at::Tensor on_device(const at::Tensor& pixels) {
        if (!net_->device.is_cuda()) return pixels;
        if (!pinned_.defined() || pinned_.size(0) < pixels.size(0)) {
            pinned_ = at::empty(pixels.sizes(), pixels.options().pinned_memory(true));
        }
        const at::Tensor staged = pinned_.narrow(0, 0, pixels.size(0));
        staged.copy_(pixels);
        return staged.to(net_->device, net_->type, /*non_blocking=*/true);
    }

    std::shared_ptr<const LoadedNet> net_;
    std::optional<c10::Stream> stream_;  ///< for a GPU
    at::Tensor pinned_;                  ///< [batch, H, W, 3] in pinned host memory, for a GPU
};

class TorchEngine : public Engine {
public:
    explicit TorchEngine(std::shared_ptr<const LoadedNet> net) : net_(std::move(net)) {}

    std::unique_ptr<Worker> worker(int threads) const override {
        return std::make_unique<TorchWorker>(net_, threads);
    }
    PixelFormat pixel_format() const override {
        return net_->type == at::kFloat ? PixelFormat::interleaved_float32
                                        : PixelFormat::interleaved_bfloat16;
    }
    std::string device() const override { return net_->device.str(); }
    Precision precision() const override {
        return net_->type == at::kFloat ? Precision::fp32 : Precision::bf16;
    }
    bool batch_invariant() const override { return false; }
    std::string library() const override { return "libtorch " TORCH_VERSION; }

private:
    std::shared_ptr<const LoadedNet> net_;
};

}  // namespace

IMNET_MODULE_FUNCTION Engine* imnet_open_engine(const Architecture& architecture,
                                                const Parameters& parameters,
                                                const EngineOptions& options) try {
    const c10::InferenceMode inference;
    const at::Device device = torch_device(options.device);
    const at::ScalarType type = in_bfloat16(options.precision, device) ? at::kBFloat16 : at::kFloat;
    keep_freed_memory();
    return new TorchEngine(std::make_shared<const LoadedNet>(
        LoadedNet{torch_net(architecture, device_tensors(architecture, parameters, device, type)),
                  architecture.classes, device, type, options.image_size, parameters}));
} catch (const c10::Error& error) {
    throw ModelError("libtorch cannot load the net: " + first_line(error));
}

}  // namespace imnet
