#pragma once

#include <cstddef>
#include <memory_resource>

#include <fmt/format.h>

#include "checkpoints/refusals.h"

namespace imnet::pickle {

/// Limits the memory of a pickle's values, because a few bytes of a pickle can ask for many values.
class Budget : public std::pmr::memory_resource {
public:
    static constexpr std::size_t limit = 16 << 20;

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        if (size > limit - used_) {
            refuse(fmt::format("the pickle's values need more than {} MB, which no state dict does: refused",
                               limit >> 20));
        }
        void* const result = std::pmr::new_delete_resource()->allocate(size, alignment);
        used_ += size;
        return result;
    }
    void do_deallocate(void* address, std::size_t size, std::size_t alignment) override {
        used_ -= size;
        std::pmr::new_delete_resource()->deallocate(address, size, alignment);
    }
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

    std::size_t used_ = 0;
};

}  // namespace imnet::pickle
