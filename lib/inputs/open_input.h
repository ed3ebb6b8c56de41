#pragma once

#include <string>
#include <utility>

#include <sys/stat.h>

#include "base/errors.h"

namespace imnet {

/// A file that is open for reading. The object closes it, except standard input.
class InputFile {
public:
    InputFile() = default;
    explicit InputFile(int descriptor) : descriptor_(descriptor) {}
    ~InputFile();
    InputFile(InputFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    InputFile& operator=(InputFile&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }

    int descriptor() const { return descriptor_; }

private:
    int descriptor_ = -1;
};

struct OpenInput {
    InputFile file;
    struct stat status {};
};

/// Opens the file of a path ("-" is standard input if the user gave it). Never waits: in a folder only
/// regular files are opened, and a pipe only if the user gave its path.
Expected<OpenInput> open_input(const std::string& path, bool named);

}  // namespace imnet
