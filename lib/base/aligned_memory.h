#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include <sys/mman.h>

namespace imnet {

/// Memory aligned to 64 bytes, or to 2 MiB if it is that large, so that the system can use huge pages. Its
/// contents are undefined.
class AlignedMemory {
public:
    AlignedMemory() = default;
    explicit AlignedMemory(std::size_t bytes) : bytes_(bytes) {
        if (bytes == 0) return;
        constexpr std::size_t large_page = std::size_t{2} << 20U;
        const std::size_t alignment = bytes >= large_page ? large_page : 64;
        const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
        memory_.reset(static_cast<std::byte*>(std::aligned_alloc(alignment, rounded)));
        if (memory_ == nullptr) throw std::bad_alloc();
        if (alignment == large_page) ::madvise(memory_.get(), rounded, MADV_HUGEPAGE);
    }

    std::byte* data() const { return memory_.get(); }
    std::size_t size() const { return bytes_; }

private:
    struct Free {
        void operator()(std::byte* memory) const { std::free(memory); }
    };
    std::unique_ptr<std::byte, Free> memory_;
    std::size_t bytes_ = 0;
};

/// Memory that the steps of one worker use in turn. `reserve` may move it while steps are being prepared,
/// so each run asks for its address.
class Scratch {
public:
    void reserve(std::size_t bytes) {
        if (bytes > memory_.size()) memory_ = AlignedMemory(bytes);
    }
    std::byte* data() const { return memory_.data(); }

private:
    AlignedMemory memory_;
};

}  // namespace imnet
