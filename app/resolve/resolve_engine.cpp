#include "resolve/resolve_engine.h"

#include <charconv>
#include <string>

#include <fmt/format.h>

#include "base/cpu_count.h"
#include "base/errors.h"
#include "cli/say.h"
#include "resolve/numbers.h"

namespace imnet::app {
namespace {

Device parse_device(const std::string& text) {
    if (text == "auto") return {Device::Kind::automatic};
    if (text == "cpu") return {Device::Kind::cpu};
    if (text == "cuda") return {Device::Kind::cuda};
    if (text.starts_with("cuda:")) {
        Device device{Device::Kind::cuda};
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + 5, end, device.index);
        if (error == std::errc{} && stop == end && device.index >= 0) return device;
    }
    throw UsageError(fmt::format("--device {}: it takes auto, cpu, cuda or cuda:N", text));
}

int resolve_threads(const Options& options) {
    const int usable = usable_cores();
    const int wanted = number_in_range(options.threads, "--threads", 1, 65536, usable);
    if (wanted <= usable) return wanted;
    if (!options.quiet) say(fmt::format("--threads {}: this process may use only {} cores", wanted, usable));
    return usable;
}

}  // namespace

EngineOptions resolve_engine(const Options& options) {
    EngineOptions resolved;
    resolved.device = parse_device(options.device.value_or("auto"));
    resolved.threads = resolve_threads(options);
    const std::string engine = options.engine.value_or("auto");
    if (engine == "onednn") resolved.kind = EngineKind::onednn;
    if (engine == "torch") resolved.kind = EngineKind::torch;
    const std::string precision = options.precision.value_or("fp32");
    if (precision == "bf16") resolved.precision = Precision::bf16;
    if (precision == "auto") resolved.precision = Precision::automatic;
    return resolved;
}

}  // namespace imnet::app
