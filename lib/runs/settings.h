// The settings that decide about the rows of a run or about the weights of a training.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace imnet {

/// Names and values, readable: {"top", "5"}, {"precision", "fp32"} … Runs whose settings are equal
/// give the same results. A setting that is not in use is left out.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// SHA-256 over the settings; their order does not matter.
std::string fingerprint(Settings settings);

/// A setting whose value differs between two runs; a value is empty where it was not set.
struct ChangedSetting {
    std::string name;
    std::string was;
    std::string is;
};

/// The settings that differ, by name.
std::vector<ChangedSetting> changed_settings(const Settings& then, const Settings& now);

/// "top was 5, is 3; draft was not set, is yes"; empty where the settings are equal.
std::string differences(const Settings& then, const Settings& now);

}  // namespace imnet
