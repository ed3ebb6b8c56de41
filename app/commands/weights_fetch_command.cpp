#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "base/download.h"
#include "base/http_get.h"
#include "base/output_file.h"
#include "base/progress_bar.h"
#include "checkpoints/checkpoint.h"
#include "commands/commands.h"
#include "models/weight_cache.h"
#include "resolve/resolve.h"
#include "say.h"

namespace imnet::app {
namespace {

namespace fs = std::filesystem;

std::string resolve_url(const Options& options, const PublishedWeights& weights) {
    if (!options.url) return std::string(weights.url);
    if (!options.url->starts_with("http://") && !options.url->starts_with("https://")) {
        throw UsageError(
            fmt::format("--url {}: it takes an address that starts with https:// or http://", *options.url));
    }
    return *options.url + (options.url->ends_with('/') ? std::string(weights.file) : "");
}

void fetch(const Options& options, const PublishedWeights& weights, const fs::path& target) {
    Download wanted;
    wanted.url = resolve_url(options, weights);
    wanted.target = target;
    if (!has_libcurl()) {
        throw ModelError(fmt::format("this build of imnet has no libcurl: download {} to {} yourself",
                                     wanted.url, target.native()));
    }
    if (weights.sha256 != "-") {
        wanted.sha256 = weights.sha256;
    } else {
        wanted.check = [](const fs::path& file) { read_checkpoint(file); };
    }
    ProgressBar bar(stderr, target.filename().native());
    if (!options.quiet) {
        say(fmt::format("downloading {} to {} ({:.0f} MiB)", wanted.url, target.native(), weights.mebibytes));
        if (wanted.sha256.empty()) {
            say("no hash of these weights is known: it is only checked that the file is a whole checkpoint");
        }
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
            "{}: behind a proxy set https_proxy, for a mirror use --url, or put the file at {} yourself",
            error.what(), target.native()));
    }
}

}  // namespace

int run_weights_fetch(const Options& options) {
    if (options.arguments.size() > 1) throw UsageError("'imnet weights fetch' takes one name");
    const std::string name = options.arguments.empty() ? "" : options.arguments.front();
    const PublishedWeights& weights = resolve_published(options, name);
    fs::path place = weight_cache_folder() / weights.file;
    if (auto cached = find_cached(weights)) {
        place = *std::move(cached);
        if (!options.quiet) {
            say(fmt::format("the weights {} of {} are already on this machine", weights.name, weights.model));
        }
    } else {
        fetch(options, weights, place);
    }
    OutputFile out("-");
    out.write(place.native() + '\n');
    out.commit();
    return 0;
}

}  // namespace imnet::app
