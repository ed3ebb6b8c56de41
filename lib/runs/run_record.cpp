#include "runs/run_record.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/json.h"
#include "base/output_file.h"
#include "base/utf8.h"

namespace imnet {
namespace {

constexpr std::array state_names{"running", "interrupted", "complete"};
constexpr std::uintmax_t longest_record = 16 << 20;

Json strings(const std::vector<std::string>& texts) {
    Json array = Json::array();
    for (const std::string& text : texts) array.push_back(replace_invalid_utf8(text));
    return array;
}

Json to_json(const RunRecord& record) {
    Json json;
    json["imnet"] = record.version;
    json["command"] = strings(record.command);
    json["directory"] = replace_invalid_utf8(record.directory);
    json["state"] = state_names[static_cast<std::size_t>(record.state)];
    json["start"] = record.start;
    if (!record.end.empty()) json["end"] = record.end;
    json["rows"] = record.rows;
    json["failed"] = record.failed;
    if (record.images_per_second > 0) json["images_per_second"] = record.images_per_second;
    if (!record.shard.empty()) json["shard"] = record.shard;
    if (!record.inputs_sha256.empty()) json["inputs_sha256"] = record.inputs_sha256;
    if (!record.merged.empty()) json["merged"] = strings(record.merged);
    json["weights"] = replace_invalid_utf8(record.weights);
    json["device"] = record.device;
    json["cpu"] = replace_invalid_utf8(record.cpu);
    json["threads"] = record.threads;
    Json settings = Json::object();
    for (const auto& [key, value] : record.settings) settings[key] = replace_invalid_utf8(value);
    json["settings"] = std::move(settings);
    json["fingerprint"] = fingerprint(record.settings);
    return json;
}

RunRecord from_json(const Json& json) {
    RunRecord record;
    record.version = json.at("imnet").get<std::string>();
    record.command = json.at("command").get<std::vector<std::string>>();
    record.directory = json.at("directory").get<std::string>();
    const auto state = std::find(state_names.begin(), state_names.end(), json.at("state").get<std::string>());
    if (state == state_names.end()) throw UsageError("unknown state");
    record.state = static_cast<RunState>(state - state_names.begin());
    record.start = json.at("start").get<std::string>();
    record.end = json.value("end", std::string());
    record.rows = json.at("rows").get<std::uint64_t>();
    record.failed = json.at("failed").get<std::uint64_t>();
    record.images_per_second = json.value("images_per_second", 0.0);
    record.shard = json.value("shard", std::string());
    record.inputs_sha256 = json.value("inputs_sha256", std::string());
    record.merged = json.value("merged", std::vector<std::string>());
    record.weights = json.at("weights").get<std::string>();
    record.device = json.at("device").get<std::string>();
    record.cpu = json.at("cpu").get<std::string>();
    record.threads = json.at("threads").get<int>();
    for (const auto& [key, value] : json.at("settings").members()) {
        record.settings.emplace_back(key, value.get<std::string>());
    }
    return record;
}

}  // namespace

std::filesystem::path run_record_path(const std::filesystem::path& output) {
    return output.native() + ".run.json";
}

void write_run_record(const std::filesystem::path& path, const RunRecord& record) {
    OutputFile out(path.native());
    out.write(to_json(record).dump(2) + '\n');
    out.commit();
}

RunRecord read_run_record(const std::filesystem::path& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) throw UsageError(fmt::format("{}: {}", path.native(), error.message()));
    std::ifstream file(path, std::ios::binary);
    std::string text(size > longest_record ? 0 : size, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) {
        throw UsageError(fmt::format("{}: cannot be read", path.native()));
    }
    try {
        return from_json(Json::parse(text));
    } catch (const std::exception&) {
        throw UsageError(fmt::format("{}: this is not a record of a run of imnet", path.native()));
    }
}

}  // namespace imnet
