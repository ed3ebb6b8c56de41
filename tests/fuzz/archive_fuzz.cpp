// Reads any bytes as an archive: as zip if they start with "PK", else as tar.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

#include "inputs/archive.h"

namespace {

// A folder for the input, because `open_archive` takes a path.
class Scratch {
public:
    Scratch() {
        const std::filesystem::path memory = "/dev/shm";
        const auto base = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
        folder_ = base / ("imnet-fuzz-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    std::string write(std::string_view bytes) const {
        const std::string path = (folder_ / (bytes.starts_with("PK") ? "a.zip" : "a.tar")).native();
        std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path;
    }

private:
    std::filesystem::path folder_;
};

void check(bool holds) {
    if (!holds) std::abort();
}

// Reads all inputs of the archive, checks them, and returns their number.
std::size_t read(const std::string& path, const imnet::ArchiveOptions& options) {
    const auto next = imnet::open_archive({path, true}, options);
    if (!next) {
        check(!next.error().message.empty());
        return 0;
    }
    std::uint64_t bytes = 0;
    std::size_t inputs = 0;
    while (auto input = (*next)()) {
        ++inputs;
        check(input->path.starts_with(path) && input->bytes.has_value() != input->error.has_value());
        if (input->error) check(!input->error->message.empty());
        if (input->bytes) check(input->bytes->size() <= options.limits.max_member_bytes);
        bytes += input->bytes ? input->bytes->size() : 0;
        if (input->path == path) check(!(*next)());  // an error of the archive itself ends it
    }
    const auto size = std::filesystem::file_size(path);
    check(bytes <= options.limits.free_bytes + (options.limits.max_ratio + 1) * size + (1U << 20U));
    return inputs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Scratch scratch;
    const std::string path = scratch.write({reinterpret_cast<const char*>(data), size});
    imnet::ArchiveOptions options;
    options.all_names = true;
    options.limits = {.max_member_bytes = 1U << 20U,
                      .max_header_bytes = 1U << 16U,
                      .free_bytes = 1U << 22U,
                      .max_ratio = 100};
    const std::size_t all = read(path, options);
    options.wanted = [](std::string_view input) { return input.size() % 2 == 0; };
    check(read(path, options) <= all + 1);
    return 0;
}

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

/// Mutates as libFuzzer does, then corrects the checksums of tar headers. With a wrong checksum, a mutated
/// header would not be read at all.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int) {
    size = LLVMFuzzerMutate(data, size, max_size);
    for (std::size_t block = 0; block + 512 <= size; block += 512) {
        std::uint8_t* header = data + block;
        if (std::string_view(reinterpret_cast<const char*>(header) + 257, 5) != "ustar") continue;
        unsigned sum = 8 * ' ';
        for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? 0 : header[i];
        for (int i = 5; i >= 0; --i, sum /= 8) header[148 + i] = static_cast<std::uint8_t>('0' + sum % 8);
        header[154] = 0;
        header[155] = ' ';
    }
    return size;
}

#endif
