#include "runs/merge.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/errors.h"
#include "inputs/shard.h"
#include "runs/row_order.h"
#include "runs/stored_rows.h"

namespace imnet {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_pending = 1 << 20;

std::string setting(const Settings& settings, std::string_view wanted) {
    for (const auto& [key, value] : settings) {
        if (key == wanted) return value;
    }
    return "";
}

Format mergeable_format(const std::string& output, const Settings& settings) {
    const auto format = format_named(setting(settings, "format"));
    if (format && *format != Format::text && *format != Format::json) return *format;
    throw UsageError(fmt::format("{}: only jsonl, csv and tsv can be merged", output));
}

Shard check_shard(const std::string& output, const RunRecord& record) {
    if (record.state != RunState::complete) {
        throw UsageError(fmt::format("{}: this shard is not complete: run it again with --resume", output));
    }
    if (record.shard.empty()) throw UsageError(fmt::format("{}: this is not a shard of a run", output));
    if (record.inputs_sha256.empty()) {
        throw UsageError(
            fmt::format("{}: its inputs changed while it was interrupted, so its rows have no order: join "
                        "the files with cat",
                        output));
    }
    return parse_shard(record.shard);
}

void check_same_run(const std::string& output, const RunRecord& record, const std::string& first,
                    const RunRecord& first_record) {
    const std::string different = differences(first_record.settings, record.settings);
    if (!different.empty())
        throw UsageError(fmt::format("{} and {} belong to different runs: {}", first, output, different));
    if (record.inputs_sha256 != first_record.inputs_sha256)
        throw UsageError(fmt::format("{} and {} belong to runs over different inputs", first, output));
}

void add_counts(RunRecord& merged, const RunRecord& shard) {
    merged.rows += shard.rows;
    merged.failed += shard.failed;
    merged.start = std::min(merged.start, shard.start);
    merged.end = std::max(merged.end, shard.end);
}

// Reads one shard row by row.
class Source {
public:
    Source(std::string output, Format format, std::size_t lines_per_image)
        : output_(std::move(output)),
          rows_(output_, format, lines_per_image, true),
          order_(row_order_path(output_)) {
        advance();
    }

    bool ended() const { return !row_; }
    std::uint64_t number() const {
        return number_;
    }  // of the row; after the last row, the number of all inputs
    const std::string& bytes() const { return row_->bytes; }
    const std::string& output() const { return output_; }

    void advance() {
        row_ = rows_.next();
        number_ = order_.next();
        std::error_code ignored;
        if (!row_ && rows_.end() < fs::file_size(output_, ignored)) refuse();
    }

    [[noreturn]] void refuse() const {
        throw UsageError(fmt::format(
            "{}: its rows do not agree with {}: it was changed after its run; run that shard again", output_,
            row_order_path(output_).native()));
    }

private:
    std::string output_;
    StoredRows rows_;
    RowOrderReader order_;
    std::optional<StoredRow> row_;
    std::uint64_t number_ = 0;
};

}  // namespace

Shards check_shards(const std::vector<std::string>& outputs) {
    Shards shards;
    std::map<unsigned, std::string> by_index;
    unsigned count = 0;
    for (const std::string& output : outputs) {
        const RunRecord record = read_run_record(run_record_path(output));
        const Shard shard = check_shard(output, record);
        if (by_index.empty()) {
            mergeable_format(output, record.settings);
            count = shard.count;
            shards.merged = record;
            shards.merged.shard.clear();
            shards.merged.images_per_second = 0;  // it is unknown whether the shards ran at the same time
        } else {
            check_same_run(output, record, outputs.front(), shards.merged);
            add_counts(shards.merged, record);
        }
        const auto [twice, is_new] = by_index.emplace(shard.index, output);
        if (!is_new || shard.count != count) {
            throw UsageError(fmt::format("{} is shard {}, which does not go with {}", output, record.shard,
                                         is_new ? outputs.front() : twice->second));
        }
    }
    for (unsigned index = 1; index <= count; ++index) {
        if (!by_index.contains(index)) throw UsageError(fmt::format("shard {}/{} is missing", index, count));
    }
    for (auto& [index, output] : by_index) shards.outputs.push_back(std::move(output));
    shards.merged.merged = shards.outputs;
    return shards;
}

void merge_rows(const Shards& shards, OutputFile& out) {
    const Settings& settings = shards.merged.settings;
    const Format format = mergeable_format(shards.outputs.front(), settings);
    const std::string top = setting(settings, "top");
    std::size_t lines_per_image = 0;
    std::from_chars(top.data(), top.data() + top.size(), lines_per_image);
    std::vector<std::unique_ptr<Source>> sources;
    for (const std::string& output : shards.outputs) {
        sources.push_back(std::make_unique<Source>(output, format, lines_per_image));
    }
    if (format != Format::jsonl) out.write(table_header(format));
    for (std::uint64_t next = 0;; ++next) {
        // Every number is in exactly one shard. After its last row, each shard gives the number of all
        // inputs.
        const auto first = std::min_element(sources.begin(), sources.end(), [](const auto& a, const auto& b) {
            return std::pair(a->number(), a->ended()) < std::pair(b->number(), b->ended());
        });
        Source& source = **first;
        if (source.number() != next) source.refuse();
        if (source.ended()) break;
        out.write(source.bytes());
        if (out.pending() > most_pending) out.flush();
        source.advance();
    }
    for (const auto& source : sources) {
        if (!source->ended() || source->number() != sources.front()->number()) source->refuse();
    }
    out.flush();
}

}  // namespace imnet
