#pragma once

#include <functional>

namespace imnet {

/// Runs `work` on that many threads, including the calling one, and waits for all of them. Rethrows the
/// first exception.
void run_on_threads(int threads, const std::function<void()>& work);

}  // namespace imnet
