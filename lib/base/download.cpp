#include "base/download.h"

#include <cerrno>
#include <span>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/file_lock.h"
#include "base/http_get.h"
#include "base/kept_sha256.h"
#include "base/mapped_file.h"
#include "base/sha256.h"

namespace imnet {
namespace {

namespace fs = std::filesystem;

constexpr int most_failures = 4;  // in a row, without a new byte

double mebibytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

fs::path beside(const fs::path& target, std::string_view ending) {
    return target.native() + std::string(ending);
}

// The file with the bytes that have come so far.
class PartFile {
public:
    explicit PartFile(fs::path path) : path_(std::move(path)) {
        fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd_ < 0) fail(errno);
        const off_t end = ::lseek(fd_, 0, SEEK_END);
        if (end < 0) fail(errno);
        size_ = static_cast<std::uint64_t>(end);
    }
    ~PartFile() { ::close(fd_); }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    std::uint64_t size() const { return size_; }

    void cut_to(std::uint64_t size) {
        const auto end = static_cast<off_t>(size);
        if (::ftruncate(fd_, end) != 0 || ::lseek(fd_, end, SEEK_SET) < 0) fail(errno);
        size_ = size;
    }

    void append(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail(errno);
            size_ += static_cast<std::uint64_t>(written);
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
    }

    void reach_the_disk() {
        if (::fsync(fd_) != 0) fail(errno);
    }

private:
    [[noreturn]] void fail(int error) const {
        const std::string reason = std::generic_category().message(error);
        if (error == ENOSPC || error == EDQUOT) {
            throw OutputError(fmt::format(
                "{}: {} after {:.1f} MiB: free some space and run this again: it continues from there",
                path_.native(), reason, mebibytes(size_)));
        }
        throw OutputError(fmt::format("{}: {}", path_.native(), reason));
    }

    fs::path path_;
    int fd_ = -1;
    std::uint64_t size_ = 0;
};

// The attempts to get the missing bytes of one file.
class Transfer {
public:
    Transfer(const Download& wanted, PartFile& part) : wanted_(wanted), part_(part) {}

    void run() {
        drop_what_cannot_go_on();
        std::uint64_t furthest = part_.size();
        for (int failures = 0;;) {
            const HttpResult result = attempt();
            if (result.outcome == HttpOutcome::complete) return;
            if (result.outcome == HttpOutcome::past_the_end) {
                if (part_.size() == result.total) return;
                part_.cut_to(0);
                continue;
            }
            if (part_.size() > furthest) {
                furthest = part_.size();
                failures = 0;
            }
            give_up_or_wait(result, failures++);
        }
    }

    // What the server states of the whole file; empty where it states nothing.
    const std::string& stated_sha256() const { return stated_sha256_; }

private:
    // Without hash and tag nothing tells whether the next bytes are of the same file as those in .part.
    void drop_what_cannot_go_on() {
        if (wanted_.sha256.empty() && entity_tag_.empty()) part_.cut_to(0);
    }

    HttpResult attempt() {
        drop_what_cannot_go_on();
        std::uint64_t total = 0;
        return http_get(
            {wanted_.url, part_.size(), entity_tag_, wanted_.patience},
            [&](const HttpBody& body) {
                if (body.start > part_.size()) {
                    throw NetworkError(fmt::format(
                        "{}: the server sent a different part of the file than was asked for", wanted_.url));
                }
                part_.cut_to(body.start);
                entity_tag_ = body.entity_tag;
                stated_sha256_ = body.sha256;
                total = body.total;
                answered_ = true;
                if (body.start > 0)
                    wanted_.notice(fmt::format("going on at {:.1f} MiB", mebibytes(body.start)));
            },
            [&](std::span<const std::byte> bytes) {
                part_.append(bytes);
                wanted_.progress(part_.size(), total);
            });
    }

    // After a failed connection, only a server that has answered before is asked again.
    void give_up_or_wait(const HttpResult& result, int failures) const {
        const bool may_recover =
            result.outcome == HttpOutcome::cut || (result.outcome == HttpOutcome::unreachable && answered_);
        if (!may_recover || failures == most_failures) {
            throw NetworkError(fmt::format("{}: {}", wanted_.url, result.message));
        }
        const std::chrono::milliseconds pause = wanted_.pause * (1 << failures);
        wanted_.notice(fmt::format("{}: trying again in {:g} s", result.message,
                                   std::chrono::duration<double>(pause).count()));
        std::this_thread::sleep_for(pause);
    }

    const Download& wanted_;
    PartFile& part_;
    std::string entity_tag_;
    std::string stated_sha256_;
    bool answered_ = false;
};

void check_published(const Download& wanted, const std::string& found) {
    if (found.starts_with(wanted.sha256)) return;
    throw ModelError(
        fmt::format("{}: this is not the published file, or it was damaged on the way: expected SHA-256 "
                    "{}{}, found {}: it was deleted",
                    wanted.url, wanted.sha256, is_sha256(wanted.sha256) ? "" : "…", found));
}

void check_stated(const Download& wanted, const std::string& stated, const std::string& found) {
    if (stated.empty() || found == stated) return;
    throw ModelError(fmt::format(
        "{}: the file was damaged on the way: the server states SHA-256 {}, found {}: it was deleted",
        wanted.url, stated, found));
}

void check_kept(const Download& wanted, const std::string& found) {
    if (!wanted.keep_sha256) return;
    const auto kept = read_kept_sha256(wanted.target);
    if (!kept || found == *kept) return;
    const std::string kept_path = kept_sha256_path(wanted.target).native();
    throw ModelError(fmt::format(
        "{}: this is not the file that was downloaded before: expected SHA-256 {} ({}), found {}: it was "
        "deleted; if the new file is right, delete {} and run this again",
        wanted.url, *kept, kept_path, found, kept_path));
}

// `stated` is the SHA-256 that the server states, or empty. Gives the file's own.
std::string check_or_remove(const Download& wanted, const std::string& stated, const fs::path& part) try {
    std::string found = sha256(MappedFile(part).bytes());
    check_published(wanted, found);
    check_stated(wanted, stated, found);
    check_kept(wanted, found);
    wanted.check(part);
    return found;
} catch (const ModelError&) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw;
}

}  // namespace

void download(const Download& wanted) {
    std::error_code error;
    fs::create_directories(wanted.target.parent_path(), error);
    if (error) {
        throw OutputError(fmt::format("{}: cannot make the folder: {}", wanted.target.parent_path().native(),
                                      error.message()));
    }
    const FileLock lock(beside(wanted.target, ".lock"), [&] {
        wanted.notice(fmt::format("{} is being downloaded by another process: waiting for it",
                                  wanted.target.filename().native()));
    });
    if (fs::exists(wanted.target, error)) return;
    const fs::path part_path = beside(wanted.target, ".part");
    const std::string stated = [&] {
        PartFile part(part_path);
        Transfer transfer(wanted, part);
        transfer.run();
        part.reach_the_disk();
        return transfer.stated_sha256();
    }();
    const std::string found = check_or_remove(wanted, stated, part_path);
    // Before the file gets its name, so that a killed run never leaves the file alone.
    if (wanted.keep_sha256) keep_sha256(wanted.target, found);
    fs::rename(part_path, wanted.target, error);
    if (error) throw OutputError(fmt::format("{}: {}", wanted.target.native(), error.message()));
}

}  // namespace imnet
