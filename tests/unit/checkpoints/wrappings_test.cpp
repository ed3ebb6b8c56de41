#include "checkpoints/wrappings.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "build_pickle.h"
#include "refusal_of.h"

using namespace imnet;
using namespace imnet::build;
using doctest::Contains;

namespace {

/// A dict of one tensor, of that name.
std::string weights(const std::string& tensor_name) {
    return empty_dict + text(tensor_name) + tensor(storage("0", "FloatStorage", 1), 0, {1}, {1}) + setitem;
}

StateDict unwrapped(const std::string& pickle, bool prefer_ema = false) {
    static const std::string bytes(4, '\0');
    const auto document = pickle::read(as_bytes(pickle));
    return unwrap(document.root, [](const pickle::Storage&) { return as_bytes(bytes); }, false,
                  {.prefer_ema = prefer_ema});
}

std::string first_name(const std::string& pickle, bool prefer_ema = false) {
    return unwrapped(pickle, prefer_ema).tensors.at(0).first;
}

std::string dict(const std::string& items) { return proto + empty_dict + mark + items + setitems + stop; }

}  // namespace

TEST_CASE("a state dict is found alone and under the usual keys") {
    CHECK(first_name(proto + weights("a") + stop) == "a");
    for (const char* wrapping :
         {"state_dict", "model", "model_state_dict", "net", "ema", "model_ema", "state_dict_ema"}) {
        CHECK(first_name(dict(text(wrapping) + weights("a"))) == "a");
    }
    CHECK(first_name(dict(text("model") + empty_dict + text("state_dict") + weights("a") + setitem)) == "a");
}

TEST_CASE("averaged weights are used only where they are asked for") {
    const std::string both = dict(text("model_ema") + weights("averaged") + text("model") + weights("plain"));
    CHECK(first_name(both) == "plain");
    CHECK(first_name(both, true) == "averaged");
    CHECK(first_name(dict(text("model") + weights("plain")), true) == "plain");
}

TEST_CASE("everything beside the state dict except numbers and texts is ignored") {
    const StateDict result =
        unwrapped(dict(text("epoch") + integer(90) + text("arch") + text("resnet50") + text("optimizer") +
                       empty_dict + text("state_dict") + weights("a")));
    REQUIRE(result.tensors.size() == 1);
    CHECK(result.metadata ==
          std::vector<std::pair<std::string, std::string>>{{"epoch", "90"}, {"arch", "resnet50"}});
}

TEST_CASE("a tensor beside the state dict does not hide it") {
    const std::string accuracy = tensor(storage("0", "FloatStorage", 1), 0, {}, {});
    CHECK(first_name(dict(text("best_acc1") + accuracy + text("ema") + weights("a"))) == "a");
    CHECK(first_name(dict(text("best_acc1") + accuracy)) == "best_acc1");
}

TEST_CASE("the refusal of a file without a state dict names its keys") {
    const auto refusal = [](const std::string& pickle) { return refusal_of([&] { unwrapped(pickle); }); };
    CHECK(refusal(proto + none + stop) == Contains("holds no dict of tensors"));
    CHECK(refusal(dict(text("epoch") + integer(1) + text("lr") + integer(2))) ==
          "this file of torch.save holds no state dict (its keys: 'epoch', 'lr'): save model.state_dict()");
    CHECK(refusal(proto + empty_dict + stop) == Contains("its keys: none"));
}

TEST_CASE("metadata that is not UTF-8 is left out") {
    CHECK(
        unwrapped(dict(text("note") + text("\xff") + text("\xff") + text("x") + text("model") + weights("a")))
            .metadata.empty());
}

TEST_CASE("dicts that contain themselves are searched once") {
    const std::string loop = proto + empty_dict + put(0) + mark + text("state_dict") + get(0) +
                             text("model") + get(0) + text("ema") + get(0) + setitems + stop;
    CHECK(refusal_of([&] { unwrapped(loop); }) == Contains("holds no state dict"));
}
