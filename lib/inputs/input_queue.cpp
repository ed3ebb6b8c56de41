#include "inputs/input_queue.h"

#include <algorithm>
#include <utility>

#include "base/interruption.h"

namespace imnet {
namespace {

constexpr std::size_t most_bytes_of_run = std::size_t{64} << 20U;

std::size_t held_bytes(const Input& input) { return input.bytes ? input.bytes->size() : 0; }

std::size_t share_of_each(std::size_t inputs, std::size_t workers) {
    return std::max<std::size_t>(1, (inputs + workers - 1) / workers);
}

}  // namespace

InputQueue::InputQueue(InputStream stream, std::size_t batch)
    : stream_(std::move(stream)), batch_(batch), share_(batch) {}

std::size_t InputQueue::spread_over(std::size_t workers) {
    workers_ = workers;
    if (stream_.may_wait) return workers;
    while (read_ahead(Wait::yes)) continue;
    if (!short_) return workers;
    workers = std::clamp<std::size_t>(ahead_.size(), 1, workers);
    share_ = share_of_each(ahead_.size(), workers);
    return workers;
}

// Reads one more input, unless there is a whole batch for every worker.
bool InputQueue::read_ahead(Wait wait) {
    if (ahead_.size() >= workers_ * batch_ || bytes_ahead_ >= workers_ * most_bytes_of_run) return false;
    auto input = stream_.next(wait);
    short_ = !input && wait == Wait::yes;
    if (!input) return false;
    bytes_ahead_ += held_bytes(*input);
    ahead_.push_back(std::move(*input));
    return true;
}

// Waits for one input only, and divides what is there evenly among the workers.
void InputQueue::take_what_is_there() {
    bytes_ahead_ = 0;
    if (!read_ahead(Wait::yes)) return;
    while (read_ahead(Wait::no)) continue;
    share_ = share_of_each(ahead_.size(), workers_);
}

InputRun InputQueue::take() {
    const std::lock_guard lock(mutex_);
    if (interrupted() == 0 && stream_.may_wait && ahead_.empty()) take_what_is_there();
    InputRun run{runs_, inputs_, {}};
    std::size_t bytes = 0;
    while (run.inputs.size() < share_ && bytes < most_bytes_of_run) {
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
    if (ahead_.empty()) return stream_.may_wait ? std::nullopt : stream_.next(Wait::yes);
    Input input = std::move(ahead_.front());
    ahead_.pop_front();
    return input;
}

}  // namespace imnet
