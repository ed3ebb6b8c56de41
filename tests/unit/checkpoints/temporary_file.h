#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <stdlib.h>

namespace imnet {

/// A file of the given bytes, in a folder that goes away with this object.
class TemporaryFile {
public:
    explicit TemporaryFile(std::string_view bytes, const std::string& file_name = "model.pth") {
        std::string pattern = (std::filesystem::temp_directory_path() / "imnet-test-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        folder_ = pattern;
        path_ = folder_ / file_name;
        std::ofstream(path_, std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::filesystem::remove_all(folder_); }

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path folder_;
    std::filesystem::path path_;
};

}  // namespace imnet
