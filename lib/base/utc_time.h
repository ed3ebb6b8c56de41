#pragma once

#include <string>

namespace imnet {

/// The time now in UTC, as ISO 8601 writes it: "2026-11-24T09:30:00Z".
std::string utc_now();

/// The same without separators, as part of a file name: "20261124T093000Z".
std::string utc_now_in_file_name();

}  // namespace imnet
