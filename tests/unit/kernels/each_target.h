#pragma once

#include <doctest/doctest.h>

#include <string>

#include "kernels/targets.h"

#include <hwy/targets.h>

namespace imnet {

/// Runs the check with the kernels of each instruction set that they are compiled for and this processor
/// has, the best first.
template <typename Check>
void on_each_target(const Check& check) {
    const std::int64_t available = (hwy::SupportedTargets() | HWY_STATIC_TARGET) & HWY_TARGETS;
    const auto choose = [](std::int64_t targets) {
        hwy::SetSupportedTargetsForTest(targets);
        hwy::GetChosenTarget().Update(targets == 0 ? hwy::SupportedTargets() : targets);
    };
    for (std::int64_t left = available; left != 0; left &= left - 1) {
        const std::int64_t target = left & -left;
        const std::string instruction_set = hwy::TargetName(target);
        CAPTURE(instruction_set);
        choose(target);
        check();
    }
    choose(0);
}

}  // namespace imnet
