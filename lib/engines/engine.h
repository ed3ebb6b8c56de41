// Runs a network: pixels in, logits out. `open_engine` is the entry point for every engine, and callers do
// not see the library that computes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "models/architecture.h"
#include "models/parameters.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// Where a network runs. `automatic` is the first GPU if there is one, else the CPU.
struct Device {
    enum class Kind { automatic, cpu, cuda } kind = Kind::automatic;
    int index = 0;  ///< which GPU
};

/// `bf16` stores weights and activations in bfloat16 and adds in float32. `automatic` is bf16 on a GPU and,
/// with oneDNN, on a CPU that has bfloat16 arithmetic; else it is fp32.
enum class Precision { fp32, bf16, automatic };

/// Which library computes. `automatic` is libtorch on a GPU and oneDNN on a CPU, if it is installed.
enum class EngineKind { automatic, onednn, torch };

struct EngineOptions {
    EngineKind kind = EngineKind::automatic;
    Device device;
    Precision precision = Precision::fp32;
    int image_size = 224;
    int batch = 8;    ///< usual number of images of `Worker::run`; more are allowed
    int threads = 1;  ///< of all workers together
};

/// Runs one batch at a time. Each thread needs a worker of its own.
class Worker {
public:
    virtual ~Worker() = default;

    /// Preprocessed images in the engine's pixel format, [count, …] → logits [count, classes].
    /// Throws std::bad_alloc if memory runs out; the caller may try again with fewer images.
    virtual void run(std::span<const std::byte> images, int count, std::span<float> logits) = 0;
};

/// A network that is ready to run. All workers share its weights.
class Engine {
public:
    virtual ~Engine() = default;

    /// Makes a worker that computes with `threads` threads. Make and use it on the same thread; this sets
    /// that thread's number of OpenMP threads.
    virtual std::unique_ptr<Worker> worker(int threads) const = 0;

    /// The format of the images that `Worker::run` reads.
    virtual PixelFormat pixel_format() const = 0;

    /// The device that it runs on: "cpu", "cuda:0".
    virtual std::string device() const = 0;

    /// The precision that it computes in: fp32 or bf16, never automatic.
    virtual Precision precision() const = 0;

    /// Name and version of the library: "libtorch 2.13.0", "oneDNN 3.2.0".
    virtual std::string library() const = 0;

    /// Whether an image's logits are the same, bit for bit, whatever the number of images in its batch and
    /// the number of threads. If not, their last digits may differ. They never depend on the other images.
    virtual bool batch_invariant() const = 0;

    /// A note for the user about how the engine computes; empty for none.
    virtual std::string remark() const { return ""; }
};

/// Whether the module of this engine is installed. A build may leave out an engine.
bool engine_installed(EngineKind kind);

/// Prepares a network to run. Throws ModelError if the requested engine or device is not available.
std::unique_ptr<Engine> open_engine(const Architecture& architecture, const Parameters& parameters,
                                    const EngineOptions& options);

/// "fp32", "bf16", "auto".
std::string_view name(Precision precision);

}  // namespace imnet
