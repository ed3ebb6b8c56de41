#include "checkpoints/refusals.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/errors.h"

namespace imnet {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::string_view start;
    std::string_view message;
};

constexpr std::array signatures{
    Signature{"version https://git-lfs.github.com/spec/"sv,
              "this is a Git LFS pointer, not a checkpoint: run 'git lfs pull'"},
    Signature{"\x89HDF\r\n\x1a\n"sv,
              "this is an HDF5 file, as Keras writes weights, not a PyTorch checkpoint: "
              "give a state dict of torch.save or a safetensors file"},
    Signature{"\x1f\x8b"sv, "this file is compressed with gzip: unpack it with 'gunzip' first"},
    Signature{"\xfd"
              "7zXZ\0"sv,
              "this file is compressed with xz: unpack it with 'unxz' first"},
    Signature{"BZh"sv, "this file is compressed with bzip2: unpack it with 'bunzip2' first"},
    Signature{"\x28\xb5\x2f\xfd"sv, "this file is compressed with Zstandard: unpack it with 'unzstd' first"},
    Signature{"GGUF"sv, "this is a GGUF file, not a PyTorch checkpoint: give the weights it was made from"},
    Signature{"\x93NUMPY"sv,
              "this is a NumPy array, not a PyTorch checkpoint: save the tensors with torch.save"},
    Signature{"\x89PNG"sv, "this is an image, not a checkpoint: --weights takes the model's weights"},
    Signature{"\xff\xd8\xff"sv, "this is an image, not a checkpoint: --weights takes the model's weights"},
    Signature{"%PDF"sv, "this is a PDF document, not a checkpoint"},
    Signature{"\x7f"
              "ELF"sv,
              "this is a program or library, not a checkpoint"},
};

/// The first characters in lower case, without a byte-order mark and leading space.
std::string start_of_text(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    std::string start(text.substr(begin, 32));
    for (char& c : start) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return start;
}

bool is_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 ? byte != 0x7f : byte == '\n' || byte == '\r' || byte == '\t';
    });
}

bool is_tar(std::string_view start) { return start.size() >= 512 && start.substr(257, 5) == "ustar"; }

/// The tar archives of torch.save begin with a member `sys_info`, often behind a PAX header of two blocks.
bool is_torch_tar(std::string_view start) {
    constexpr std::string_view first_member("sys_info\0", 9);
    return start.starts_with(first_member) ||
           (start.size() >= 1536 && start[156] == 'x' && start.substr(1024).starts_with(first_member));
}

/// A protobuf message whose field 1 is a small number (`ir_version`) and whose next field is one of
/// ModelProto's: producer, domain, model version, documentation or graph.
bool is_onnx(std::string_view start) {
    return start.size() >= 3 && start[0] == 0x08 && start[1] >= 1 && start[1] <= 30 &&
           "\x12\x1a\x22\x28\x32\x3a\x42"sv.find(start[2]) != std::string_view::npos;
}

}  // namespace

void refuse(std::string message) { throw ModelError(std::move(message)); }

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 100;
    std::string result = "'";
    for (const char c : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            result += c;
        } else {
            result += fmt::format("\\x{:02x}", byte);
        }
    }
    return result + (text.size() > longest ? "…'" : "'");
}

std::string describe_foreign_file(std::span<const std::byte> bytes) {
    const std::string_view start = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 1536)));
    for (const Signature& signature : signatures) {
        if (start.starts_with(signature.start)) return std::string(signature.message);
    }
    if (is_tar(start) && is_torch_tar(start)) {
        return "this file was written by torch.save of PyTorch before 0.1.10 (a tar archive), which is not "
               "read: if you trust it, load it in a newer PyTorch with torch.load(FILE, weights_only=False) "
               "and save the state dict again";
    }
    if (is_tar(start))
        return "this is a tar archive: if it holds a checkpoint, unpack it with 'tar -x' first";
    const std::string text = start_of_text(start);
    if (text.starts_with("<!doctype html") || text.starts_with("<html") || text.starts_with("<head")) {
        return "this is an HTML page, not a checkpoint: the download gave a web page; fetch the file itself";
    }
    if (text.starts_with("<?xml")) {
        return "this is an XML page, not a checkpoint: the download gave an error page; fetch the file again";
    }
    if (is_onnx(start)) {
        return "this looks like an ONNX model, which holds a graph, not a state dict: "
               "give the PyTorch checkpoint that it was exported from";
    }
    if (start.size() >= 8 && start.substr(4, 4) == "TFL3") {
        return "this is a TensorFlow Lite model, not a PyTorch checkpoint";
    }
    if (start.starts_with("\x80"sv) && start.size() >= 2 && start[1] >= 2 && start[1] <= 5) {
        return "this is a plain pickle, not a file of torch.save: load it in Python and write the state dict "
               "with torch.save";
    }
    if (is_text(start))
        return "this is a text file, not a checkpoint: give a file of torch.save or safetensors";
    return "this is not a checkpoint that imnet reads: give a state dict of torch.save or a safetensors file";
}

}  // namespace imnet
