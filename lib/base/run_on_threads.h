#pragma once

#include <functional>

namespace imnet {

/// Runs `work` on that many threads, the calling one among them, and waits for all. The first exception of
/// any comes out.
void run_on_threads(int threads, const std::function<void()>& work);

}  // namespace imnet
