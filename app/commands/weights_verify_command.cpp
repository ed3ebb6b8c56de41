#include <filesystem>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/mapped_file.h"
#include "base/output_file.h"
#include "base/sha256.h"
#include "checkpoints/checkpoint.h"
#include "commands/commands.h"
#include "models/bundled_model.h"
#include "models/weight_cache.h"
#include "resolve/resolve_weights.h"

namespace imnet::app {
namespace {

namespace fs = std::filesystem;

constexpr int rejected = 3;

std::string hash_of(const fs::path& file) try {
    return sha256(MappedFile(file).bytes());
} catch (const std::system_error& error) {
    throw ModelError(fmt::format("{}: {}", file.native(), error.code().message()));
}

void write_row(OutputFile& out, std::string_view model, std::string_view name, std::string_view path,
               std::string_view state) {
    out.write(fmt::format("{:<23}{:<31}{}  {}\n", model, name, path, state));
    out.flush();
}

// Without a hash, only reading shows whether the file is a whole checkpoint.
std::string state_without_hash(const fs::path& file) try {
    read_checkpoint(file);
    return "readable (no hash is known)";
} catch (const ModelError& error) {
    return fmt::format("WRONG ({})", error.what());
}

std::string state_of_bundled(const std::string& hash) {
    if (hash == bundled_sha256) return "ok (it comes with imnet)";
    return fmt::format("WRONG (expected {}, found {}: install imnet again)", bundled_sha256, hash);
}

std::string state_of(const PublishedWeights& weights, const fs::path& file, const std::string& hash) {
    if (is_bundled_checkpoint(file) || hash == bundled_sha256) return state_of_bundled(hash);
    const std::string_view published = weights.sha256 == "-" ? "" : weights.sha256;
    const auto kept = kept_sha256(file);
    if (published.empty() && !kept) return state_without_hash(file);
    const bool as_published = hash.starts_with(published);
    if (!as_published || (kept && hash != *kept)) {
        return fmt::format(
            "WRONG (expected {}, found {}: delete it and run 'imnet weights fetch --model {} {}')",
            as_published ? *kept : published, hash, weights.model, weights.name);
    }
    if (is_sha256(published)) return "ok";
    if (kept) return "ok (as it was downloaded)";
    return fmt::format("ok (the first {} digits of its SHA-256)", published.size());
}

// Returns false if the file of these weights is wrong.
bool verify(OutputFile& out, const PublishedWeights& weights) {
    const auto file = find_checkpoint(weights);
    const std::string state = file ? state_of(weights, *file, hash_of(*file)) : "not cached";
    write_row(out, weights.model, weights.name, file ? file->native() : "-", state);
    return !state.starts_with("WRONG");
}

bool verify_all(OutputFile& out, const std::optional<std::string>& model) {
    bool all_right = true;
    for (const PublishedWeights& row : published_weights()) {
        if (!model || row.model == *model) all_right = verify(out, row) && all_right;
    }
    return all_right;
}

const PublishedWeights* identify(std::string_view hash) {
    if (hash == bundled_sha256) return default_weights(bundled_model);
    for (const PublishedWeights& row : published_weights()) {
        if (const PublishedWeights* found = identify_by_hash(row.model, hash)) return found;
    }
    return nullptr;
}

const PublishedWeights* named_as(const fs::path& file) {
    if (is_bundled_checkpoint(fs::weakly_canonical(file))) return default_weights(bundled_model);
    for (const PublishedWeights& row : published_weights()) {
        if (file.filename() == row.file) return &row;
    }
    return nullptr;
}

bool verify_file(OutputFile& out, const fs::path& file) {
    const std::string hash = hash_of(file);
    const PublishedWeights* weights = identify(hash);
    if (weights == nullptr) weights = named_as(file);
    if (weights != nullptr) {
        const std::string state = state_of(*weights, file, hash);
        write_row(out, weights->model, weights->name, file.native(), state);
        return !state.starts_with("WRONG");
    }
    write_row(out, "-", "-", file.native(), fmt::format("unknown (SHA-256 {})", hash));
    return false;
}

}  // namespace

int run_weights_verify(const WeightsVerifyRun& run) {
    OutputFile out("-");
    bool right = false;
    if (run.file) {
        right = verify_file(out, *run.file);
    } else if (run.published != nullptr) {
        checkpoint_of(*run.published);  // throws if it is not there
        right = verify(out, *run.published);
    } else {
        right = verify_all(out, run.model);
    }
    out.commit();
    return right ? 0 : rejected;
}

}  // namespace imnet::app
