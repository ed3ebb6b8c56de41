#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "inputs/input.h"

namespace imnet {

/// Consecutive inputs that one worker takes at a time.
struct InputRun {
    std::uint64_t number = 0;  ///< of the run, counted from 0
    std::uint64_t first = 0;   ///< the place of its first input among all inputs
    std::vector<Input> inputs;
};

/// Hands out inputs to several workers, in order, a run at a time. The stream is read by one thread at a
/// time. Inputs that come with their bytes (members of archives) make shorter runs where they are large. A
/// run of a stream whose inputs may still be to come takes those that are there and does not wait for more.
class InputQueue {
public:
    InputQueue(InputStream stream, std::size_t batch);

    /// Reads ahead the first batch of every worker. If these are all inputs, they are divided evenly among as
    /// many workers as there are inputs. Returns how many workers have something to do, at least 1. To be
    /// called before the first `take`. If inputs may still be to come, it reads none, and all workers take
    /// part.
    std::size_t spread_over(std::size_t workers);

    /// Whether `spread_over` found the end of the inputs.
    bool is_short() const { return short_; }

    /// The next inputs, a batch at most; none at the end, or after a signal asked the program to stop.
    InputRun take();

private:
    bool read_ahead(Wait wait);
    void take_what_is_there();
    std::optional<Input> next();

    InputStream stream_;
    const std::size_t batch_;
    std::size_t workers_ = 1;
    std::size_t share_;  ///< the number of inputs in the next run, at most
    bool short_ = false;
    std::deque<Input> ahead_;  ///< inputs that were read ahead
    std::size_t bytes_ahead_ = 0;
    std::mutex mutex_;
    std::uint64_t runs_ = 0;
    std::uint64_t inputs_ = 0;
};

}  // namespace imnet
