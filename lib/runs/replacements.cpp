#include "runs/replacements.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/output_file.h"

namespace imnet {
namespace {

constexpr std::size_t block = 1 << 20;

}  // namespace

Replacements::Replacements(std::filesystem::path output) : output_(without_links(output)) {
    std::string pattern = output_.native() + ".XXXXXX";
    fd_ = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (fd_ < 0) fail(errno);
    ::unlink(pattern.c_str());
}

Replacements::~Replacements() { ::close(fd_); }

void Replacements::add(std::string_view path, std::string_view text) {
    const Place place{end_, text.size()};
    while (!text.empty()) {
        const ssize_t count = ::pwrite(fd_, text.data(), text.size(), static_cast<off_t>(end_));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(errno);
        end_ += static_cast<std::uint64_t>(count);
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    places_[path_key(path)] = place;
}

std::string Replacements::read(const Place& place) const {
    std::string text(place.size, '\0');
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count =
            ::pread(fd_, text.data() + done, text.size() - done, static_cast<off_t>(place.offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) fail(count < 0 ? errno : EIO);
        done += static_cast<std::size_t>(count);
    }
    return text;
}

void Replacements::apply(Format format, std::size_t lines_per_image) const {
    if (places_.empty()) return;
    StoredRows rows(output_, format, lines_per_image);
    OutputFile out(output_.native());
    if (format != Format::jsonl) out.write(table_header(format));
    while (const auto row = rows.next()) {
        const auto place = row->failed ? places_.find(path_key(row->path)) : places_.end();
        out.write(place == places_.end() ? row->bytes : read(place->second));
        if (out.pending() > block) out.flush();
    }
    out.commit();
}

void Replacements::fail(int error) const {
    throw OutputError(
        fmt::format("{}: temporary file: {}", output_.native(), std::generic_category().message(error)));
}

}  // namespace imnet
