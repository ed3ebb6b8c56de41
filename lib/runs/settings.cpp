#include "runs/settings.h"

#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "base/json.h"
#include "base/sha256.h"

namespace imnet {

std::string fingerprint(Settings settings) {
    std::sort(settings.begin(), settings.end());
    Json array = Json::array();
    for (const auto& [name, value] : settings) array.push_back(Json::array({name, value}));
    return sha256(std::string_view(array.dump()));
}

std::vector<ChangedSetting> changed_settings(const Settings& then, const Settings& now) {
    std::map<std::string, ChangedSetting> both;
    for (const auto& [name, value] : then) both[name].was = value;
    for (const auto& [name, value] : now) both[name].is = value;
    std::vector<ChangedSetting> changed;
    for (auto& [name, setting] : both) {
        if (setting.was != setting.is) changed.push_back({name, setting.was, setting.is});
    }
    return changed;
}

std::string differences(const Settings& then, const Settings& now) {
    const auto shown = [](const std::string& value) { return value.empty() ? "not set" : value; };
    std::string text;
    for (const ChangedSetting& setting : changed_settings(then, now)) {
        text += fmt::format("{}{} was {}, is {}", text.empty() ? "" : "; ", setting.name, shown(setting.was),
                            shown(setting.is));
    }
    return text;
}

}  // namespace imnet
