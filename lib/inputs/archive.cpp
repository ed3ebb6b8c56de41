// Decides which members of an archive become inputs, and reports those that cannot be read.
#include "inputs/archive.h"

#ifdef IMNET_ARCHIVE

#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <strings.h>
#include <unistd.h>

#include "inputs/archive_reader.h"
#include "inputs/folder.h"
#include "inputs/left_by_tools.h"
#include "inputs/open_input.h"

namespace imnet {
namespace {

// libarchive stops reading a zip at the first member that does not inflate. The other members may be valid,
// so the archive is opened again, but only a limited number of times.
constexpr int most_reopenings = 16;

ArchiveReader::Family family_of(const std::string& path) {
    constexpr std::string_view zip = ".zip";
    const bool is_zip =
        path.size() > zip.size() && ::strcasecmp(path.c_str() + path.size() - zip.size(), zip.data()) == 0;
    return is_zip ? ArchiveReader::Family::zip : ArchiveReader::Family::tar;
}

class Members {
public:
    Members(std::string path, OpenInput file, ArchiveReader reader, ArchiveOptions options)
        : path_(std::move(path)),
          file_(std::move(file)),
          reader_(std::move(reader)),
          options_(std::move(options)) {}

    std::optional<Input> next() {
        while (!ended_) {
            auto member = reader_.next();
            if (!member) {
                const bool reported = is_ours(member.error());
                return end(std::move(member.error()), reported);
            }
            if (!*member) break;
            ++members_;
            if (auto input = take(**member)) return input;
        }
        ended_ = true;
        return std::nullopt;
    }

private:
    std::optional<Input> take(const ArchiveMember& member) {
        if (member.kind == ArchiveMember::Kind::folder) return std::nullopt;
        if (!options_.all_names && !has_image_ending(member.name)) return std::nullopt;
        if (const auto left = part_left_by_tools(member.name); !left.empty()) {
            note_passed_over(left);
            return std::nullopt;
        }
        std::string path = path_ + '/' + member.name;
        if (!options_.wanted(path)) return std::nullopt;
        if (auto error = refusal(member)) return Input{std::move(path), false, std::move(error)};
        auto bytes = reader_.read();
        if (bytes) return Input{std::move(path), false, std::nullopt, std::move(*bytes)};
        if (!reader_.is_broken()) return Input{std::move(path), false, std::move(bytes.error())};
        return break_off(std::move(path), std::move(bytes.error()));
    }

    std::optional<InputError> refusal(const ArchiveMember& member) const {
        if (member.kind == ArchiveMember::Kind::link) {
            return InputError{InputErrorKind::io, "a link inside an archive; links are not followed"};
        }
        if (member.kind == ArchiveMember::Kind::special) {
            return InputError{InputErrorKind::io, "not a file but a device or a pipe"};
        }
        if (has_archive_ending(member.name)) {
            return InputError{InputErrorKind::format,
                              "an archive inside an archive: unpack the outer one first"};
        }
        if (member.encrypted)
            return InputError{InputErrorKind::format, "encrypted: unpack the archive first"};
        if (member.size > options_.limits.max_member_bytes) return too_large(options_.limits);
        return std::nullopt;
    }

    // The reader stopped in the data of a wanted member.
    std::optional<Input> break_off(std::string path, InputError error) {
        if (reader_.is_spent()) return end(std::move(error), true);
        if (!reader_.has_directory()) {
            const bool reported = is_ours(error);
            return end(std::move(error), reported);
        }
        if (++reopenings_ > most_reopenings || !reopen()) return end(std::move(error), true);
        return Input{std::move(path), false, std::move(error)};
    }

    // All shards read the archive and stop at the same place, so one of them reports the error. An I/O error
    // may be one of this machine only, so it is always reported.
    bool is_ours(const InputError& error) const {
        return error.kind == InputErrorKind::io || options_.wanted(path_);
    }

    bool reopen() {
        ::lseek(file_.file.descriptor(), 0, SEEK_SET);
        auto again = ArchiveReader::open(file_.file.descriptor(), file_.status, ArchiveReader::Family::zip,
                                         options_.limits);
        for (std::uint64_t i = 0; again && i < members_; ++i) {
            const auto passed = again->next();
            if (!passed || !*passed) return false;
        }
        if (again) reader_ = std::move(*again);
        return again.has_value();
    }

    std::optional<Input> end(InputError error, bool reported) {
        ended_ = true;
        if (!reported) return std::nullopt;
        return Input{path_, false, std::move(error)};
    }

    std::string path_;
    OpenInput file_;
    ArchiveReader reader_;
    ArchiveOptions options_;
    bool ended_ = false;
    std::uint64_t members_ = 0;
    int reopenings_ = 0;
};

}  // namespace

Expected<NextInput> open_archive(const Input& archive, const ArchiveOptions& options) {
    auto file = open_input(archive.path, archive.named);
    if (!file) return tl::unexpected(std::move(file.error()));
    auto reader =
        ArchiveReader::open(file->file.descriptor(), file->status, family_of(archive.path), options.limits);
    if (!reader) return tl::unexpected(std::move(reader.error()));
    const auto members =
        std::make_shared<Members>(archive.path, std::move(*file), std::move(*reader), options);
    return [members] { return members->next(); };
}

}  // namespace imnet

#else

namespace imnet {

Expected<NextInput> open_archive(const Input&, const ArchiveOptions&) {
    return input_error(InputErrorKind::format,
                       "this build reads no archives: unpack it, or build with -D IMNET_ARCHIVE=ON");
}

}  // namespace imnet

#endif
