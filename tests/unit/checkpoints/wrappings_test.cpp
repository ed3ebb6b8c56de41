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
         {"state_dict", "model", "module", "model_state_dict", "net", "ema", "model_ema", "state_dict_ema"}) {
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

TEST_CASE("a state dict under another key is found, and of a student and a teacher one is chosen and said") {
    CHECK(first_name(dict(text("resnet") + weights("a") + text("epoch") + integer(1))) == "a");
    const std::string both = dict(text("teacher") + weights("averaged") + text("student") + weights("plain"));
    CHECK(first_name(both) == "plain");
    CHECK(unwrapped(both).remarks ==
          std::vector<std::string>{"it holds the state dicts 'teacher', 'student': "
                                   "'student' is used; --ema takes the averaged one"});
    CHECK(first_name(both, true) == "averaged");
}

TEST_CASE("mmengine's state dict is the average already, and the other one is not taken for it") {
    const std::string file = dict(text("message_hub") + empty_dict + text("state_dict") +
                                  weights("averaged") + text("ema_state_dict") + weights("plain"));
    CHECK(first_name(file) == "averaged");
    CHECK(first_name(file, true) == "averaged");
}

TEST_CASE("a state dict may be of a subclass of dict, and the arguments of the training are metadata") {
    const std::string subclass = global("project", "Weights") + empty_tuple + newobj + text("a") +
                                 tensor(storage("0", "FloatStorage", 1), 0, {1}, {1}) + setitem;
    const std::string arguments = global("argparse", "Namespace") + empty_tuple + newobj + empty_dict +
                                  text("model") + text("resnet50") + setitem + build_state;
    const StateDict result = unwrapped(dict(text("model") + subclass + text("args") + arguments));
    CHECK(result.tensors.at(0).first == "a");
    CHECK(result.metadata == std::vector<std::pair<std::string, std::string>>{{"args.model", "resnet50"}});
}

TEST_CASE("a state dict or a tensor that a call would make is refused with the name of the function") {
    const auto refusal = [](const std::string& pickle) { return refusal_of([&] { unwrapped(pickle); }); };
    const std::string made = global("project", "make") + empty_tuple + reduce;
    CHECK(refusal(dict(text("state_dict") + made)) ==
          "the pickle asks for 'project.make', which no state dict needs: refused, nothing was run; if you "
          "trust the file, save the state dict in it alone, in Python");
    const std::string more = text("conv1.weight") + made + setitem;
    CHECK(refusal(dict(text("model") + weights("bn1.weight") + more)) ==
          Contains("the tensor 'conv1.weight' would be made by 'project.make', which is not called"));
    const std::string state = text("_extra_state") + made + setitem;
    CHECK(first_name(dict(text("model") + weights("bn1.weight") + state)) == "bn1.weight");
    const std::string net = global("torch.nn.modules.linear", "Linear") + empty_tuple + newobj;
    CHECK(refusal(dict(text("net") + net)) == Contains("save model.state_dict() instead"));
}

TEST_CASE("the empty tensors of ZeRO stage 3 are refused with what to do") {
    const std::string empty = tensor(storage("0", "FloatStorage", 1), 0, {0}, {1});
    const std::string file =
        dict(text("module") + empty_dict + text("a") + empty + setitem + text("b") + empty + setitem);
    CHECK(refusal_of([&] { unwrapped(file); }) == Contains("run the zero_to_fp32.py beside it"));
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
