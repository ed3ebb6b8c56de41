#include "inputs/input_queue.h"

#include <algorithm>
#include <utility>

#include "base/interruption.h"

namespace imnet {
namespace {

constexpr std::size_t most_bytes_of_run = std::size_t{64} << 20U;

std::size_t held_bytes(const Input& input) { return input.bytes ? input.bytes->size() : 0; }

}  // namespace

InputQueue::InputQueue(NextInput next_input, std::size_t batch)
    : next_input_(std::move(next_input)), batch_(batch) {}

std::size_t InputQueue::spread_over(std::size_t workers) {
    std::size_t bytes = 0;
    while (ahead_.size() < workers * batch_ && bytes < workers * most_bytes_of_run) {
        auto input = next_input_();
        short_ = !input;
        if (short_) break;
        bytes += held_bytes(*input);
        ahead_.push_back(std::move(*input));
    }
    if (!short_) return workers;
    workers = std::clamp<std::size_t>(ahead_.size(), 1, workers);
    batch_ = std::max<std::size_t>(1, (ahead_.size() + workers - 1) / workers);
    return workers;
}

InputRun InputQueue::take() {
    const std::lock_guard lock(mutex_);
    InputRun run{runs_, inputs_, {}};
    std::size_t bytes = 0;
    while (run.inputs.size() < batch_ && bytes < most_bytes_of_run) {
        auto input = next();
        if (!input) break;
        bytes += held_bytes(*input);
        run.inputs.push_back(std::move(*input));
    }
    if (!run.inputs.empty()) ++runs_;
    inputs_ += run.inputs.size();
    return run;
}

std::optional<Input> InputQueue::next() {
    if (interrupted() != 0) return std::nullopt;
    if (ahead_taken_ < ahead_.size()) return std::move(ahead_[ahead_taken_++]);
    return next_input_();
}

}  // namespace imnet
