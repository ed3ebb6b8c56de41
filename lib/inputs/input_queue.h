#pragma once

#include <cstddef>
#include <cstdint>
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

/// Hands out inputs to several workers, in order, a run at a time. `next_input` is called by one thread at a
/// time. Inputs that come with their bytes (members of archives) make shorter runs where they are large.
class InputQueue {
public:
    InputQueue(NextInput next_input, std::size_t batch);

    /// Reads ahead the first batch of every worker. If these are all inputs, they are divided evenly among as
    /// many workers as there are inputs. Returns how many workers have something to do, at least 1. To be
    /// called before the first `take`.
    std::size_t spread_over(std::size_t workers);

    /// Whether `spread_over` found the end of the inputs.
    bool is_short() const { return short_; }

    /// The next inputs, a batch at most; none at the end, or after a signal asked the program to stop.
    InputRun take();

private:
    std::optional<Input> next();

    NextInput next_input_;
    std::size_t batch_;
    bool short_ = false;
    std::vector<Input> ahead_;  ///< inputs that were read ahead
    std::size_t ahead_taken_ = 0;
    std::mutex mutex_;
    std::uint64_t runs_ = 0;
    std::uint64_t inputs_ = 0;
};

}  // namespace imnet
