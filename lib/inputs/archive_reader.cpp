#ifdef IMNET_ARCHIVE

#include "inputs/archive_reader.h"

#include <algorithm>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>
#include <unistd.h>

#include "inputs/archive_bytes.h"

namespace imnet {
namespace {

// libarchive converts names that are marked as UTF-8 to the locale's encoding. This program has the C locale,
// which has only ASCII. So the thread uses a UTF-8 locale while names are read.
class Utf8Names {
public:
    Utf8Names() : before_(utf8() == nullptr ? nullptr : ::uselocale(utf8())) {}
    ~Utf8Names() {
        if (before_ != nullptr) ::uselocale(before_);
    }
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;

private:
    static locale_t utf8() {
        static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        return locale;
    }
    locale_t before_;
};

std::string stored_name(::archive_entry* entry) {
    const char* name = ::archive_entry_pathname(entry);
    if (name == nullptr) name = ::archive_entry_pathname_utf8(entry);
    return name == nullptr ? std::string() : name;
}

ArchiveMember::Kind kind_of(::archive_entry* entry) {
    if (::archive_entry_hardlink(entry) != nullptr) return ArchiveMember::Kind::link;
    switch (::archive_entry_filetype(entry)) {
        case AE_IFREG: return ArchiveMember::Kind::file;
        case AE_IFDIR: return ArchiveMember::Kind::folder;
        case AE_IFLNK: return ArchiveMember::Kind::link;
        default: return ArchiveMember::Kind::special;
    }
}

ArchiveMember describe(::archive_entry* entry) {
    ArchiveMember member{stored_name(entry), kind_of(entry), ::archive_entry_is_encrypted(entry) != 0, {}};
    if (::archive_entry_size_is_set(entry) != 0) {
        member.size = static_cast<std::uint64_t>(std::max<la_int64_t>(0, ::archive_entry_size(entry)));
    }
    return member;
}

}  // namespace

InputError too_large(const ArchiveLimits& limits) {
    return {InputErrorKind::limits, fmt::format("larger than {} MiB, as a member of an archive may not be",
                                                limits.max_member_bytes >> 20U)};
}

struct ArchiveReader::State {
    State(int fd, const struct stat& file_status, Family which, const ArchiveLimits& given)
        : descriptor(fd),
          status(file_status),
          family(which),
          limits(given),
          bytes(fd, file_status, limits),
          handle(::archive_read_new()) {}

    Expected<void> start(bool with_directory);
    Expected<void> skip();
    InputError failure();

    int descriptor;
    struct stat status;
    Family family;
    ArchiveLimits limits;
    ArchiveBytes bytes;
    ArchiveHandle handle;
    bool directory = false;  // of a zip: members are found and skipped by seeking
    bool broken = false;
    bool spent = false;
    bool at_member = false;
    std::uint64_t members = 0;
    std::uint64_t stated_size = 0;
    std::uint64_t delivered = 0;
};

Expected<void> ArchiveReader::State::start(bool with_directory) {
    directory = with_directory;
    if (family == Family::tar) {
        if (auto inflated = bytes.inflate(); !inflated) return inflated;
        ::archive_read_support_format_tar(handle.get());
    } else if (directory) {
        ::archive_read_support_format_zip_seekable(handle.get());
    } else {
        ::archive_read_support_format_zip_streamable(handle.get());
    }
    if (bytes.open(handle.get()) != ARCHIVE_OK) return tl::unexpected(failure());
    return {};
}

// Why the archive ended: an error of its bytes, else the error of libarchive.
InputError ArchiveReader::State::failure() {
    broken = true;
    if (bytes.error()) return *bytes.error();
    if (members == 0 && ::archive_format(handle.get()) == 0) {
        return {InputErrorKind::format, fmt::format("no {} archive, though it is named as one",
                                                    family == Family::tar ? "tar" : "zip")};
    }
    return {InputErrorKind::decode,
            fmt::format("damaged archive, behind {} members: {}", members, archive_message(handle.get()))};
}

// In a zip that is read as a stream, libarchive skips a member by inflating it, without a limit.
Expected<void> ArchiveReader::State::skip() {
    if (!std::exchange(at_member, false)) return {};
    int outcome = ARCHIVE_OK;
    while (family == Family::zip && !directory && outcome == ARCHIVE_OK) {
        const void* block = nullptr;
        std::size_t count = 0;
        la_int64_t offset = 0;
        outcome = ::archive_read_data_block(handle.get(), &block, &count, &offset);
        delivered += count;
        if (bytes.is_too_much(delivered)) {
            broken = true;
            return tl::unexpected(bytes.too_much());
        }
    }
    if (outcome == ARCHIVE_FATAL || ::archive_read_data_skip(handle.get()) == ARCHIVE_FATAL) {
        return tl::unexpected(failure());
    }
    return {};
}

ArchiveReader::ArchiveReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArchiveReader::~ArchiveReader() = default;
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;
ArchiveReader& ArchiveReader::operator=(ArchiveReader&&) noexcept = default;

Expected<ArchiveReader> ArchiveReader::open(int descriptor, const struct stat& status, Family family,
                                            const ArchiveLimits& limits) {
    if (family == Family::zip && !S_ISREG(status.st_mode)) {
        return input_error(InputErrorKind::io, "a zip archive can be read from a file only, not from a pipe");
    }
    auto state = std::make_unique<State>(descriptor, status, family, limits);
    auto started = state->start(family == Family::zip);
    if (!started && state->directory && !state->bytes.error()) {
        // A zip without its directory was truncated. The rest of it is read as a stream.
        ::lseek(descriptor, 0, SEEK_SET);
        state = std::make_unique<State>(descriptor, status, family, limits);
        started = state->start(false);
    }
    if (!started) return tl::unexpected(std::move(started.error()));
    return ArchiveReader(std::move(state));
}

Expected<std::optional<ArchiveMember>> ArchiveReader::next() {
    const Utf8Names names;
    State& state = *state_;
    if (auto skipped = state.skip(); !skipped) return tl::unexpected(std::move(skipped.error()));
    ::archive_entry* entry = nullptr;
    if (state.family == Family::tar) state.bytes.begin_header();
    const int outcome = ::archive_read_next_header(state.handle.get(), &entry);
    state.bytes.end_header();
    if (outcome == ARCHIVE_EOF && !state.bytes.error()) {
        if (const auto& error = state.bytes.check_rest()) return tl::unexpected(*error);
        return std::nullopt;
    }
    if (outcome != ARCHIVE_OK && outcome != ARCHIVE_WARN) return tl::unexpected(state.failure());
    ++state.members;
    state.at_member = true;
    ArchiveMember member = describe(entry);
    state.stated_size = member.size.value_or(0);
    return member;
}

Expected<std::vector<std::byte>> ArchiveReader::read() {
    constexpr std::size_t chunk = 1U << 16U;
    State& state = *state_;
    std::vector<std::byte> data;
    // One byte more, so that the end is found without growing. A large size may be wrong, so it is not
    // allocated at once.
    data.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(state.stated_size, 1U << 20U)) + 1);
    while (true) {
        const std::size_t filled = data.size();
        data.resize(filled < data.capacity() ? data.capacity() : filled + chunk);
        const la_ssize_t count =
            ::archive_read_data(state.handle.get(), data.data() + filled, data.size() - filled);
        if (count == ARCHIVE_FATAL) return tl::unexpected(state.failure());
        if (count < 0) {
            return input_error(InputErrorKind::decode,
                               "damaged in the archive: " + archive_message(state.handle.get()));
        }
        data.resize(filled + static_cast<std::size_t>(count));
        state.delivered += static_cast<std::uint64_t>(count);
        if (count == 0) return data;
        if (data.size() > state.limits.max_member_bytes) return tl::unexpected(too_large(state.limits));
        if (state.bytes.is_too_much(state.delivered)) {
            state.broken = true;
            state.spent = state.family == Family::tar || state.directory;
            return tl::unexpected(state.bytes.too_much());
        }
    }
}

bool ArchiveReader::is_broken() const { return state_->broken; }

bool ArchiveReader::is_spent() const { return state_->spent; }

bool ArchiveReader::has_directory() const { return state_->directory; }

}  // namespace imnet

#endif
