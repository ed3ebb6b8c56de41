#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/errors.h"

namespace imnet {

struct Download {
    std::string url;  ///< http or https
    std::filesystem::path target;
    /// What the file's SHA-256 must be or start with, in lower-case hexadecimal; empty where it is
    /// unknown.
    std::string sha256;
    /// Keep the whole SHA-256 in `target`.sha256 (see base/kept_sha256.h). Where that file is there
    /// already, the download must have the hash in it.
    bool keep_sha256 = false;
    /// Checks the whole file under its temporary name; throws ModelError to reject it.
    std::function<void(const std::filesystem::path&)> check = [](const std::filesystem::path&) {};
    /// Called with the number of bytes that have come and of the whole file (0 if it is unknown).
    std::function<void(std::uint64_t, std::uint64_t)> progress = [](std::uint64_t, std::uint64_t) {};
    /// Called with one line for each wait and each new attempt.
    std::function<void(const std::string&)> notice = [](const std::string&) {};
    /// How long a connection without any new byte is kept open.
    std::chrono::seconds patience{30};
    /// Before the second attempt; each further one waits twice as long as the one before.
    std::chrono::milliseconds pause{1000};
};

/// The server, or the way to it, failed.
struct NetworkError : OutputError {
    using OutputError::OutputError;
};

/// Downloads a file. `target` exists only once the file is whole and has been checked: against `sha256`,
/// the hash in `target`.sha256, and the SHA-256 that a Hugging Face server states, as far as these exist.
/// Until then the bytes are in `target`.part, from which an interrupted download continues. A download
/// of unknown hash starts again instead, because the parts might belong to different files.
/// `target`.lock makes other processes wait; they then use the file.
/// Throws ModelError for a file that is not the expected one, which is deleted; NetworkError after
/// several attempts; OutputError where it cannot be written (the bytes that came stay in .part).
void download(const Download& wanted);

}  // namespace imnet
