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
    /// Looks at the whole file under its temporary name; throws ModelError to reject it.
    std::function<void(const std::filesystem::path&)> check = [](const std::filesystem::path&) {};
    /// Told how many bytes are there, of how many; of 0 where the server does not say.
    std::function<void(std::uint64_t, std::uint64_t)> progress = [](std::uint64_t, std::uint64_t) {};
    /// Told of waits and new attempts, a line each.
    std::function<void(const std::string&)> notice = [](const std::string&) {};
    /// How long a connection on which nothing comes is held.
    std::chrono::seconds patience{30};
    /// Before the second attempt; each further one waits twice as long as the one before.
    std::chrono::milliseconds pause{1000};
};

/// The server, or the way to it, failed.
struct NetworkError : OutputError {
    using OutputError::OutputError;
};

/// Downloads a file; `target` exists only once it is whole and has been checked, whatever happens on
/// the way. Until then the bytes stand in `target`.part, where a cut or killed download goes on (one
/// of unknown hash starts anew, for nothing would tell whether both halves are of one file).
/// `target`.lock makes other processes wait, and then find the file.
/// Throws ModelError for a file that is not the expected one, which is deleted; NetworkError after
/// some attempts; OutputError where it cannot be written (what came stays in .part).
void download(const Download& wanted);

}  // namespace imnet
