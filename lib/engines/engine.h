// What runs a net. One entry point, `open_engine`; pixels go in and logits come out as plain memory,
// so that nothing above this file knows which library computes them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "models/architecture.h"
#include "models/parameters.h"
#include "preprocess/preprocess.h"

namespace imnet {

/// Where a net runs.
struct Device {
    enum class Kind { automatic, cpu, cuda } kind = Kind::automatic;
    int index = 0;  ///< which GPU
};

/// In what numbers a net computes. `bf16` keeps weights and activations in bfloat16 and sums in
/// float32; `automatic` is bf16 where the processor computes in it, else fp32.
enum class Precision { fp32, bf16, automatic };

/// Which library computes. `automatic` is libtorch for a GPU, oneDNN for a CPU.
enum class EngineKind { automatic, onednn, torch };

struct EngineOptions {
    EngineKind kind = EngineKind::automatic;
    Device device;
    Precision precision = Precision::fp32;
    int height = 224;  ///< of the images
    int width = 224;
    int batch = 8;    ///< images that `Worker::run` is given at most
    int threads = 1;  ///< to make the net ready with
};

/// Runs one batch at a time; one worker belongs to one thread.
class Worker {
public:
    virtual ~Worker() = default;

    /// `count` images in the engine's pixel format, normalised → [count, classes] logits.
    /// Throws std::bad_alloc where memory runs out; fewer images may then still fit.
    virtual void run(std::span<const std::byte> images, int count, std::span<float> logits) = 0;
};

/// A net, ready to run: its weights, shared read-only by all workers.
class Engine {
public:
    virtual ~Engine() = default;

    /// A worker that computes with `threads` threads. It must be made and used on the same thread, which
    /// then keeps that number as OpenMP's.
    virtual std::unique_ptr<Worker> worker(int threads) const = 0;

    /// What the images in a batch look like.
    virtual PixelFormat pixel_format() const = 0;

    /// "cpu", "cuda:0": where it really runs.
    virtual std::string device() const = 0;

    /// fp32 or bf16: in what it really computes.
    virtual Precision precision() const = 0;

    /// Name and version of the library that computes: "libtorch 2.13.0", "oneDNN 3.2.0".
    virtual std::string library() const = 0;

    /// Whether the last digits of an image's logits may change with the number of images or of threads
    /// that they are computed with. They never do with what the other images are.
    virtual bool digits_depend_on_batch() const = 0;

    /// What its user should know about how it computes; empty for nothing.
    virtual std::string remark() const { return ""; }
};

/// Whether the engine's module is installed beside this program: a build may leave it out.
bool engine_installed(EngineKind kind);

/// Makes the net ready. Throws ModelError where the engine or the device cannot be had, never
/// choosing another in silence.
std::unique_ptr<Engine> open_engine(const Architecture& architecture, const Parameters& parameters,
                                    const EngineOptions& options);

/// "fp32", "bf16", "auto".
std::string_view name(Precision precision);

}  // namespace imnet
