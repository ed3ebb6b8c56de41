#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>

#include "base/errors.h"

namespace imnet {

/// Works through items many at a time, and fewer at a time once memory ran out.
class FitMemory {
public:
    /// Calls `work(first, count)` for parts that together are the items 0 … total, in order. If it throws
    /// std::bad_alloc, calls `release()` to free memory and repeats the part with half as many items, which
    /// stays the limit. Calls `give_up(index)` for an item that does not even fit alone.
    template <typename Work, typename Release, typename GiveUp>
    void run(std::size_t total, const Work& work, const Release& release, const GiveUp& give_up) {
        for (std::size_t done = 0; done < total;) {
            const std::size_t count = std::min(limit_, total - done);
            try {
                work(done, count);
                done += count;
            } catch (const std::bad_alloc&) {
                release();
                if (count > 1) {
                    limit_ = count / 2;
                } else {
                    give_up(done++);
                }
            }
        }
    }

    /// How many items `work` gets at most.
    std::size_t limit() const { return limit_; }

private:
    std::size_t limit_ = std::numeric_limits<std::size_t>::max();
};

/// The error of an input for which memory does not suffice.
inline InputError out_of_memory() { return {InputErrorKind::limits, "out of memory"}; }

}  // namespace imnet
