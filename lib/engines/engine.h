// What runs a net. One entry point, `open_engine`; the pixels that go in and the logits that come
// out are plain floats, so that nothing above this file knows which library computes them.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {

/// Where a net runs.
struct Device {
    enum class Kind { automatic, cpu, cuda } kind = Kind::automatic;
    int index = 0;  ///< which GPU
};

/// Runs one batch at a time; one worker belongs to one thread.
class Worker {
public:
    virtual ~Worker() = default;

    /// [count, 3, height, width] float32, normalised → [count, classes] logits.
    /// Throws std::bad_alloc where memory runs out; fewer images may then still fit.
    virtual void run(std::span<const float> images, int count, int height, int width,
                     std::span<float> logits) = 0;
};

/// A net, ready to run: its weights, shared read-only by all workers.
class Engine {
public:
    virtual ~Engine() = default;

    /// A worker that computes with `threads` threads. It must be made and used on the same thread.
    virtual std::unique_ptr<Worker> worker(int threads) const = 0;

    /// "cpu", "cuda:0": where it really runs.
    virtual std::string device() const = 0;

    /// Name and version of the library that computes: "libtorch 2.13.0".
    virtual std::string library() const = 0;
};

/// Whether the engine's module is installed beside this program: a build may leave it out.
bool engine_installed();

/// Makes the net ready on the device. `automatic` is CUDA where there is a usable GPU, else the
/// CPU. Throws ModelError where the device cannot be had, never choosing another in silence.
std::unique_ptr<Engine> open_engine(const Architecture& architecture, const Parameters& parameters,
                                    Device device);

}  // namespace imnet
