#ifdef IMNET_ARCHIVE

#include "inputs/archive_bytes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include <archive.h>
#include <libdeflate.h>
#include <unistd.h>
#include <zlib.h>

namespace imnet {
namespace {

constexpr std::size_t block_size = 1U << 16U;

using namespace std::literals;

// RFC 1952, RFC 8878, and the formats of xz and bzip2.
constexpr std::string_view gzip = "\x1f\x8b"sv;
constexpr std::string_view compressions[] = {gzip, "\x28\xb5\x2f\xfd"sv, "\xFD\x37zXZ\0"sv, "BZh"sv};

// For files only: bytes of a stream cannot be looked at twice.
bool starts_with(int descriptor, std::int64_t start, std::string_view signature) {
    std::array<char, 6> first{};
    const ssize_t count = ::pread(descriptor, first.data(), first.size(), start);
    return std::string_view(first.data(), count < 0 ? 0 : static_cast<std::size_t>(count))
        .starts_with(signature);
}

bool is_compressed(int descriptor, std::int64_t start) {
    return std::ranges::any_of(
        compressions, [&](std::string_view signature) { return starts_with(descriptor, start, signature); });
}

/// Whether zlib reads the gzip data to its end, with all checksums right. Bytes that are no gzip data may
/// follow.
bool gzip_is_intact(int descriptor, std::int64_t start) {
    if (::lseek(descriptor, start, SEEK_SET) < 0) return false;
    const int copy = ::dup(descriptor);
    if (copy < 0) return false;
    gzFile file = ::gzdopen(copy, "rb");
    if (file == nullptr) return ::close(copy), false;
    std::vector<char> buffer(block_size);
    int count = 0;
    do count = ::gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()));
    while (count > 0);
    return ::gzclose_r(file) == Z_OK && count == 0;
}

}  // namespace

void FreeArchive::operator()(::archive* handle) const { ::archive_read_free(handle); }

std::string archive_message(::archive* handle) {
    const char* text = ::archive_error_string(handle);
    std::string message = text == nullptr ? "its data is damaged or ends early" : text;
    std::erase_if(message, [](char c) { return c < ' ' || c > '~'; });
    return message;
}

ArchiveBytes::ArchiveBytes(int descriptor, const struct stat& status, const ArchiveLimits& limits)
    : descriptor_(descriptor), regular_(S_ISREG(status.st_mode)), limits_(limits), buffer_(block_size) {
    if (!regular_) return;
    start_ = position_ = furthest_ = std::max<std::int64_t>(0, ::lseek(descriptor, 0, SEEK_CUR));
    size_ = std::max<std::int64_t>(start_, status.st_size);
}

Expected<void> ArchiveBytes::inflate() {
    if (regular_ && !is_compressed(descriptor_, start_)) return {};
    inflater_.reset(::archive_read_new());
    ::archive_read_support_filter_gzip(inflater_.get());
    ::archive_read_support_filter_zstd(inflater_.get());
    ::archive_read_support_filter_xz(inflater_.get());
    ::archive_read_support_filter_bzip2(inflater_.get());
    ::archive_read_support_format_raw(inflater_.get());
    ::archive_read_support_format_empty(inflater_.get());
    ::archive_entry* entry = nullptr;
    if (::archive_read_open_fd(inflater_.get(), descriptor_, block_size) != ARCHIVE_OK) {
        return input_error(InputErrorKind::decode, "damaged archive: " + archive_message(inflater_.get()));
    }
    // Two filters are the file and one compression. More are refused: their ratios multiply without bound.
    if (::archive_filter_count(inflater_.get()) > 2) {
        return input_error(InputErrorKind::format, "an archive that is compressed twice: unpack it first");
    }
    const int status = ::archive_read_next_header(inflater_.get(), &entry);
    inflated_all_ = status == ARCHIVE_EOF;  // an empty file
    if (status != ARCHIVE_OK && status != ARCHIVE_EOF) {
        return input_error(InputErrorKind::decode, "damaged archive: " + archive_message(inflater_.get()));
    }
    return {};
}

int ArchiveBytes::open(::archive* members) {
    ::archive_read_set_callback_data(members, this);
    ::archive_read_set_read_callback(
        members, [](::archive* handle, void* bytes, const void** block) -> la_ssize_t {
            auto& source = *static_cast<ArchiveBytes*>(bytes);
            const long count = source.read(block);
            if (count < 0) ::archive_set_error(handle, EIO, "%s", source.error_->message.c_str());
            return count;
        });
    if (regular_ && !inflater_) {
        ::archive_read_set_skip_callback(members,
                                         [](::archive*, void* bytes, la_int64_t count) -> la_int64_t {
                                             return static_cast<ArchiveBytes*>(bytes)->skip(count);
                                         });
        ::archive_read_set_seek_callback(
            members, [](::archive*, void* bytes, la_int64_t offset, int whence) -> la_int64_t {
                return static_cast<ArchiveBytes*>(bytes)->seek(offset, whence);
            });
    }
    return ::archive_read_open1(members);
}

bool ArchiveBytes::is_too_much(std::uint64_t inflated) const {
    const std::int64_t read = inflater_ ? ::archive_filter_bytes(inflater_.get(), -1) : furthest_ - start_;
    return inflated > limits_.free_bytes &&
           (inflated - limits_.free_bytes) / std::max<std::uint64_t>(1, limits_.max_ratio) >
               static_cast<std::uint64_t>(std::max<std::int64_t>(0, read));
}

InputError ArchiveBytes::too_much() const {
    return {InputErrorKind::limits, "the archive inflates to more than " + std::to_string(limits_.max_ratio) +
                                        " times its size; if you trust it, unpack it first"};
}

long ArchiveBytes::fail(InputError error) {
    error_ = std::move(error);
    return -1;
}

long ArchiveBytes::read(const void** block) {
    long count = 0;
    if (inflater_) {
        count = read_inflated(block);
    } else {
        do count = ::read(descriptor_, buffer_.data(), buffer_.size());
        while (count < 0 && errno == EINTR);
        if (count < 0) return fail(error_from_errno(errno));
        *block = buffer_.data();
        position_ += count;
        furthest_ = std::max(furthest_, position_);
    }
    if (count > 0 && in_header_) {
        header_bytes_ += static_cast<std::uint64_t>(count);
        if (header_bytes_ > limits_.max_header_bytes) {
            return fail({InputErrorKind::limits, "the headers before a member of the archive are too large"});
        }
    }
    return count;
}

long ArchiveBytes::read_inflated(const void** block) {
    if (inflated_all_) return 0;
    std::size_t count = 0;
    la_int64_t offset = 0;
    const int status = ::archive_read_data_block(inflater_.get(), block, &count, &offset);
    inflated_all_ = status == ARCHIVE_EOF;
    if (inflated_all_) return 0;
    if (status != ARCHIVE_OK) {
        return fail({InputErrorKind::decode, "damaged archive: " + archive_message(inflater_.get())});
    }
    inflated_ += count;
    crc_ = ::libdeflate_crc32(crc_, *block, count);
    if (is_too_much(inflated_)) return fail(too_much());
    return static_cast<long>(count);
}

const std::optional<InputError>& ArchiveBytes::check_rest() {
    if (!inflater_ || error_) return error_;
    const void* block = nullptr;
    while (read_inflated(&block) > 0) {
    }
    if (!error_ && regular_ && starts_with(descriptor_, start_, gzip) && !gzip_checksum_fits()) {
        fail({InputErrorKind::decode, "damaged archive: its checksum is wrong, so its images may be, too"});
    }
    return error_;
}

// libarchive does not look at the checksum of gzip.
bool ArchiveBytes::gzip_checksum_fits() const {
    std::array<std::uint8_t, 8> trailer{};  // CRC-32 and size, both little-endian
    if (::pread(descriptor_, trailer.data(), trailer.size(), size_ - 8) == 8) {
        const auto number = [&](std::size_t at) {
            return std::uint32_t{trailer[at]} | std::uint32_t{trailer[at + 1]} << 8 |
                   std::uint32_t{trailer[at + 2]} << 16 | std::uint32_t{trailer[at + 3]} << 24;
        };
        if (number(0) == crc_ && number(4) == static_cast<std::uint32_t>(inflated_)) return true;
    }
    // Several members, or bytes after the last one.
    return gzip_is_intact(descriptor_, start_);
}

// Never skips past the end, so that a truncated member is detected.
std::int64_t ArchiveBytes::skip(std::int64_t count) {
    count = std::clamp<std::int64_t>(size_ - position_, 0, count);
    if (count == 0 || ::lseek(descriptor_, position_ + count, SEEK_SET) < 0) return 0;
    position_ += count;
    furthest_ = std::max(furthest_, position_);
    return count;
}

std::int64_t ArchiveBytes::seek(std::int64_t offset, int whence) {
    const std::int64_t base = whence == SEEK_CUR ? position_ : whence == SEEK_END ? size_ : start_;
    const std::int64_t reached = ::lseek(descriptor_, base + offset, SEEK_SET);
    if (reached < 0) {
        fail(error_from_errno(errno));
        return ARCHIVE_FATAL;
    }
    position_ = reached;
    furthest_ = std::max(furthest_, std::min(position_, size_));
    return reached - start_;
}

}  // namespace imnet

#endif
