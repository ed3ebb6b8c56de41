#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "base/download.h"
#include "base/errors.h"
#include "base/http_get.h"
#include "base/kept_sha256.h"
#include "base/mapped_file.h"
#include "base/output_file.h"
#include "base/progress_bar.h"
#include "base/sha256.h"
#include "checkpoints/checkpoint.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "models/bundled_model.h"
#include "models/weight_cache.h"
#include "resolve/resolve_weights.h"

namespace imnet::app {
namespace {

namespace fs = std::filesystem;

// Says how the download is checked if no whole SHA-256 is published; otherwise empty.
std::string describe_check(const PublishedWeights& weights) {
    if (is_sha256(weights.sha256)) return "";
    if (weights.sha256 == "-") {
        return "no hash of these weights is known: the download is only checked to be a whole checkpoint, "
               "and against the SHA-256 of the server, if it states one";
    }
    return fmt::format("only the first {} digits of its SHA-256 are published: only those are checked",
                       weights.sha256.size());
}

// Throws ModelError if the file has changed since it was downloaded.
void check_kept(const fs::path& file) {
    const auto kept = kept_sha256(file);
    if (!kept) return;
    const std::string found = sha256(MappedFile(file).bytes());
    if (found == *kept) return;
    throw ModelError(
        fmt::format("{}: it has changed since it was downloaded: expected SHA-256 {} ({}), found {}: delete "
                    "it and run this again",
                    file.native(), *kept, kept_sha256_path(file).native(), found));
}

void fetch(const WeightsFetchRun& run, const fs::path& target) {
    const PublishedWeights& weights = *run.weights;
    if (weights.must_be_converted() && run.url == weights.url) {
        throw ModelError(
            fmt::format("the weights {} of {} are published as HDF5, which imnet does not read: {}",
                        weights.name, weights.model, how_to_get(weights)));
    }
    Download wanted;
    wanted.url = run.url;
    wanted.target = target;
    wanted.keep_sha256 = true;
    if (!has_libcurl()) {
        throw ModelError(fmt::format("this build of imnet has no libcurl: download {} to {} yourself",
                                     wanted.url, target.native()));
    }
    if (weights.sha256 != "-") {
        wanted.sha256 = weights.sha256;
    } else {
        wanted.check = [](const fs::path& file) { read_checkpoint(file); };
    }
    if (!run.quiet && is_bundled(weights) && find_bundled_checkpoint())
        say(fmt::format("{} comes with imnet and answers without this download", weights.model));
    ProgressBar bar(STDERR_FILENO, target.filename().native());
    if (!run.quiet) {
        say(fmt::format("downloading {} to {} ({:.0f} MiB)", wanted.url, target.native(), weights.mebibytes));
        if (const std::string check = describe_check(weights); !check.empty()) say(check);
        wanted.progress = [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); };
        wanted.notice = [&](const std::string& message) {
            bar.wipe();
            say(message);
        };
    }
    try {
        download(wanted);
    } catch (const NetworkError& error) {
        throw OutputError(fmt::format(
            "{}: set https_proxy behind a proxy, use --url for a mirror, or put the file at {} yourself",
            error.what(), target.native()));
    }
}

}  // namespace

int run_weights_fetch(const WeightsFetchRun& run) {
    const PublishedWeights& weights = *run.weights;
    fs::path place = weight_cache_folder() / weights.file;
    if (auto cached = find_cached(weights)) {
        place = *std::move(cached);
        check_kept(place);
        if (!run.quiet) {
            say(fmt::format("the weights {} of {} are already on this machine", weights.name, weights.model));
        }
    } else {
        fetch(run, place);
    }
    OutputFile out("-");
    out.write(place.native() + '\n');
    out.commit();
    return 0;
}

}  // namespace imnet::app
