#include "base/utc_time.h"

#include <array>
#include <ctime>

namespace imnet {
namespace {

std::string format_now(const char* format) {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace

std::string utc_now() { return format_now("%Y-%m-%dT%H:%M:%SZ"); }

std::string utc_now_in_file_name() { return format_now("%Y%m%dT%H%M%SZ"); }

}  // namespace imnet
