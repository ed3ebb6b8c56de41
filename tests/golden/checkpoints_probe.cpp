// Reads a checkpoint and prints one line of JSON for each tensor: name, dtype, shape and the SHA-256 of its
// values as float32.
//   checkpoints_probe [--ema] [--raw] FILE     --ema reads the averaged weights, --raw keeps the names in the
//   file checkpoints_probe --time N FILE            reads it N times and prints the seconds of each, as JSON:
//   for the
//                                              directory (with the container's checksums), for the directory
//                                              and all values, and for the check that all values are finite
//   checkpoints_probe --peak FILE              prints the peak memory of the process in bytes, even if the
//   file is
//                                              refused
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include "base/errors.h"
#include "base/json.h"
#include "checkpoints/checkpoint.h"
#include "checkpoints/finite.h"

namespace {

std::string sha256(const std::vector<float>& values) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(values.data(), values.size() * sizeof(float), digest, &size, EVP_sha256(), nullptr);
    return fmt::format("{:02x}", fmt::join(digest, digest + size, ""));
}

void print_tensors(const imnet::StateDict& state_dict) {
    for (const auto& [name, tensor] : state_dict.tensors) {
        std::vector<float> values(static_cast<std::size_t>(tensor.element_count()));
        imnet::to_float32(tensor, values);
        const imnet::Json line{{"name", name},
                               {"dtype", imnet::name(tensor.dtype)},
                               {"shape", tensor.shape},
                               {"sha256", sha256(values)}};
        std::puts(line.dump().c_str());
    }
}

/// Memory of this process in bytes: "VmHWM:" is the peak of resident memory, "RssAnon:" is resident memory
/// that is not mapped from a file.
std::size_t memory(std::string_view figure) {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word && word != figure) continue;
    std::size_t kilobytes = 0;
    status >> kilobytes;
    return kilobytes * 1024;
}

double seconds(auto&& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Reads every value once, except the last count % 16 of a tensor: in place if it is aligned, contiguous
/// float32, else converted.
float sum_values(const imnet::StateDict& state_dict) {
    float sum = 0;
    std::vector<float> values;
    for (const auto& [name, tensor] : state_dict.tensors) {
        const auto address = reinterpret_cast<std::uintptr_t>(tensor.bytes.data());
        const auto count = static_cast<std::size_t>(tensor.element_count());
        const bool in_place = tensor.dtype == imnet::DType::float32 && tensor.is_contiguous() &&
                              !tensor.big_endian && address % alignof(float) == 0;
        if (!in_place) {
            values.resize(count);
            imnet::to_float32(tensor, values);
        }
        const float* begin = in_place ? reinterpret_cast<const float*>(tensor.bytes.data()) : values.data();
        float sums[16] = {};
        for (std::size_t i = 0; i + 16 <= count; i += 16) {
            for (std::size_t lane = 0; lane < 16; ++lane) sums[lane] += begin[i + lane];
        }
        for (const float lane : sums) sum += lane;
    }
    return sum;
}

void print_times(const std::string& file, const imnet::CheckpointOptions& options, int repeats) {
    std::vector<double> directory;
    std::vector<double> values;
    std::vector<double> finite;
    volatile float sink = 0;
    const std::size_t before = memory("RssAnon:");
    std::size_t held = before;
    for (int i = 0; i < repeats; ++i) {
        directory.push_back(seconds([&] { imnet::read_checkpoint(file, options); }));
        values.push_back(seconds([&] { sink = sum_values(imnet::read_checkpoint(file, options)); }));
        const imnet::StateDict state_dict = imnet::read_checkpoint(file, options);
        held = std::max(held, memory("RssAnon:"));
        finite.push_back(seconds([&] { imnet::check_finite(state_dict, file); }));
    }
    const imnet::Json line{{"directory", directory},
                           {"values", values},
                           {"check_finite", finite},
                           {"held_bytes", held - before}};
    std::puts(line.dump().c_str());
}

void print_peak(const std::string& file, const imnet::CheckpointOptions& options) {
    try {
        imnet::read_checkpoint(file, options);
    } catch (const imnet::ModelError&) {  // only the memory is of interest
    }
    fmt::print("{}\n", memory("VmHWM:"));
}

}  // namespace

int main(int argc, char** argv) try {
    imnet::CheckpointOptions options;
    int repeats = 0;
    bool peak = false;
    std::string file;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--ema") {
            options.prefer_ema = true;
        } else if (argument == "--raw") {
            options.keep_names = true;
        } else if (argument == "--peak") {
            peak = true;
        } else if (argument == "--time" && i + 1 < argc) {
            repeats = std::atoi(argv[++i]);
        } else {
            file = argument;
        }
    }
    if (peak) {
        print_peak(file, options);
    } else if (repeats > 0) {
        print_times(file, options, repeats);
    } else {
        print_tensors(imnet::read_checkpoint(file, options));
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
}
