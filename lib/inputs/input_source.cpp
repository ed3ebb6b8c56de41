#include "inputs/input_source.h"

#include <algorithm>
#include <utility>

namespace imnet {
namespace {

// The paths as typed, with those of the list inserted at their place.
NextPath merge(std::vector<std::string> paths, PathList* list, std::size_t paths_before_list) {
    const std::size_t before = std::min(paths_before_list, paths.size());
    return [paths = std::move(paths), list, before,
            next = std::size_t{0}](Wait wait) mutable -> std::optional<std::string> {
        if (list != nullptr && next >= before) {
            if (auto path = list->next(wait)) return path;
            if (!list->ended()) return std::nullopt;
            list = nullptr;
        }
        if (next == paths.size()) return std::nullopt;
        return std::move(paths[next++]);
    };
}

}  // namespace

InputSource::InputSource(std::vector<std::string> paths, SourceOptions options)
    : options_(std::move(options)),
      list_(options_.list ? std::make_unique<PathList>(*options_.list, options_.null_separated) : nullptr),
      finder_(merge(std::move(paths), list_.get(), options_.paths_before_list), options_.find) {}

std::optional<Input> InputSource::next(Wait wait) {
    while (true) {
        if (archive_) {
            if (auto member = archive_()) {
                barren_.reset();
                return member;
            }
            archive_ = nullptr;
            if (barren_) empty_archives_.push_back(*std::exchange(barren_, std::nullopt));
        }
        auto input = finder_.next(wait);
        if (!input) return std::nullopt;
        if (is_archive(*input)) {
            if (enter(*input)) continue;
        } else if (input->named && input->path == "-" && options_.list == "-") {
            input->error =
                InputError{InputErrorKind::io, "standard input is already read as the list of paths"};
        }
        if (is_ours(input->path)) return input;
    }
}

// Opens the archive. If that fails, the input gets the error.
bool InputSource::enter(Input& input) {
    ArchiveOptions options{options_.find.all_names, {}, options_.archive_limits};
    options.wanted = [this](std::string_view path) { return is_ours(path); };
    auto opened = open_archive(input, options);
    if (!opened) {
        input.error = std::move(opened.error());
        return false;
    }
    archive_ = std::move(*opened);
    // A shard cannot know whether an archive is empty or all its images belong to other shards.
    if (input.named && options_.shard.count == 1) barren_ = input.path;
    return true;
}

bool InputSource::is_ours(std::string_view path) const {
    if (options_.on_path) options_.on_path(path);
    return options_.shard.holds(path);
}

bool InputSource::is_archive(const Input& input) const {
    if (input.error || !options_.find.archives) return false;
    if (input.named && input.path == "-") return options_.tar_on_stdin;
    return has_archive_ending(input.path);
}

}  // namespace imnet
