#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

namespace imnet {

/// Puts items that several threads produce in any order into the order of their numbers 0, 1, 2 … At most
/// `window` numbers are in work or waiting at once, which bounds memory: a thread calls `admit` before it
/// starts on a number, and waits there while the number is too far ahead. `consume` is called for one item at
/// a time, in order, by the thread that delivers.
template <typename Item>
class OrderedSink {
public:
    OrderedSink(std::uint64_t window, std::function<void(Item)> consume)
        : window_(window), consume_(std::move(consume)) {}

    /// Waits until `number` is inside the window. Returns false if the run was stopped or ended before that
    /// number.
    bool admit(std::uint64_t number) {
        std::unique_lock lock(mutex_);
        moved_.wait(lock, [&] { return stopped_ || number >= end_ || number < next_ + window_; });
        return !stopped_ && number < end_;
    }

    /// Takes the item of that number, and consumes all items that are now in order. An exception of
    /// `consume` stops the run, and `finish` throws it.
    void deliver(std::uint64_t number, Item item) {
        const std::lock_guard lock(mutex_);
        if (stopped_ || number >= end_) return;
        waiting_.emplace(number, std::move(item));
        try {
            for (auto first = waiting_.begin(); first != waiting_.end() && first->first == next_ && !stopped_;
                 first = waiting_.begin()) {
                Item due = std::move(first->second);
                waiting_.erase(first);
                ++next_;
                consume_(std::move(due));
            }
        } catch (...) {
            fail_locked(std::current_exception());
        }
        moved_.notify_all();
    }

    /// Ends the run: nothing more is consumed. May be called from inside `consume`.
    void stop() { stopped_ = true; }

    /// Ends the run before this number; smaller numbers are still consumed.
    void end_before(std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        end_ = std::min(end_, number);
        moved_.notify_all();
    }

    /// Ends the run with an error, which `finish` throws.
    void fail(std::exception_ptr error) {
        const std::lock_guard lock(mutex_);
        fail_locked(std::move(error));
        moved_.notify_all();
    }

    /// Throws the first error, if there is one. To be called after all threads have ended.
    void finish() const {
        if (error_) std::rethrow_exception(error_);
    }

private:
    void fail_locked(std::exception_ptr error) {
        if (!error_) error_ = std::move(error);
        stopped_ = true;
    }

    const std::uint64_t window_;
    const std::function<void(Item)> consume_;
    std::mutex mutex_;
    std::condition_variable moved_;
    std::uint64_t next_ = 0;
    std::uint64_t end_ = std::numeric_limits<std::uint64_t>::max();
    std::map<std::uint64_t, Item> waiting_;
    bool stopped_ = false;
    std::exception_ptr error_;
};

}  // namespace imnet
