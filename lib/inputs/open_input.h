#pragma once

#include <string>
#include <utility>

#include <sys/stat.h>

#include "base/errors.h"

namespace imnet {

/// A file that is open for reading. It is closed with this object, standard input is not.
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

/// Opens what a path names ("-" is standard input where the user named it). Never waits: in a
/// folder only regular files are opened, a pipe only where the user named it.
Expected<OpenInput> open_input(const std::string& path, bool named);

}  // namespace imnet
