#include "engines/onednn/schedule.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "models/state_dict_of.h"

namespace {

using namespace imnet;

struct Planned {
    FusedNet net;
    std::vector<std::size_t> value_bytes;
    Schedule schedule;
};

Planned planned(const std::string& name, int batch, std::size_t working_set, std::size_t element = 4) {
    const Architecture architecture = imnet::architecture(name);
    static std::map<std::string, FusedNet> nets;  // many plans are made of each
    if (!nets.contains(name)) {
        nets.emplace(
            name, fuse(architecture, bind_parameters(architecture, test::state_dict_of(architecture), name)));
    }
    Planned result{nets.at(name), {}, {}};
    for (const Shape& shape : value_shapes(architecture, 224, 224)) {
        result.value_bytes.push_back(element *
                                     static_cast<std::size_t>(std::reduce(
                                         shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>())));
    }
    result.schedule = schedule(result.net, result.value_bytes, batch, working_set);
    return result;
}

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

// Runs the schedule with tokens for values: every step must find in its buffers what it reads.
void check_that_nothing_is_overwritten(const Planned& plan, int count) {
    std::map<std::pair<int, int>, int> holds;  // buffer and image → value
    const auto where = [&](int value, int image, int first) {
        const int buffer = plan.schedule.buffer_of[static_cast<std::size_t>(value)];
        const bool whole = plan.schedule.buffers[static_cast<std::size_t>(buffer)].whole_batch;
        return std::pair(buffer, whole ? image : image - first);
    };
    for (const Section& section : plan.schedule.sections) {
        for (int first = 0; first < count; first += section.images) {
            const int last = std::min(first + section.images, count);
            for (std::size_t i = section.first; i < section.last; ++i) {
                const FusedStep& step = plan.net.steps[i];
                const bool is_last = i + 1 == plan.net.steps.size();
                for (int image = first; image < last; ++image) {
                    if (step.input != 0) REQUIRE(holds[where(step.input, image, first)] == step.input);
                    if (step.residual > 0) {
                        REQUIRE(holds[where(step.residual, image, first)] == step.residual);
                        CHECK(where(step.residual, image, first) == where(step.output, image, first));
                    }
                    if (!is_last && step.input != 0) {
                        CHECK(where(step.output, image, first) != where(step.input, image, first));
                    }
                }
                for (int image = first; image < last && !is_last; ++image) {
                    holds[where(step.output, image, first)] = step.output;
                    const auto buffer = static_cast<std::size_t>(
                        plan.schedule.buffer_of[static_cast<std::size_t>(step.output)]);
                    const bool whole = plan.schedule.buffers[buffer].whole_batch;
                    const auto images = static_cast<std::size_t>(whole ? image + 1 : image - first + 1);
                    CHECK(plan.schedule.buffers[buffer].bytes >=
                          images * plan.value_bytes[static_cast<std::size_t>(step.output)]);
                }
            }
        }
    }
}

TEST_CASE("every step finds what it reads, whatever fits the cache and the batch") {
    for (const std::string name : {"resnet18", "resnet50", "resnetv2_50", "seresnet50", "resnetv2_50d_gn"}) {
        for (const std::size_t working_set : {mebibyte / 4, mebibyte, 4 * mebibyte, 64 * mebibyte}) {
            for (const int batch : {1, 2, 5, 8, 32}) {
                CAPTURE(name);
                CAPTURE(batch);
                check_that_nothing_is_overwritten(planned(name, batch, working_set), batch);
            }
        }
    }
}

TEST_CASE("the sections are the whole net, one after the other") {
    const Planned plan = planned("resnet50", 8, 4 * mebibyte);
    std::size_t next = 0;
    for (const Section& section : plan.schedule.sections) {
        CHECK(section.first == next);
        next = section.last;
    }
    CHECK(next == plan.net.steps.size());
}

TEST_CASE(
    "large activations go through one image at a time, and late layers share their weights among eight") {
    const Planned plan = planned("resnet50", 8, 4 * mebibyte);
    CHECK(plan.schedule.sections.front().images == 1);
    CHECK(plan.schedule.sections.back().images == 8);
}

TEST_CASE("a few buffers serve the whole net") {
    const Planned plan = planned("resnet50", 1, 4 * mebibyte);
    CHECK(plan.schedule.buffers.size() <= 4);
}

TEST_CASE("one image at a time needs no memory for a batch") {
    for (const Buffer& buffer : planned("resnet50", 1, 4 * mebibyte).schedule.buffers) {
        CHECK_FALSE(buffer.whole_batch);
    }
}

}  // namespace
