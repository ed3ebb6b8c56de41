// Hostile pickles must be refused with the name of what they ask for, and nothing may be run.
#include "checkpoints/pickle_globals.h"

#include <string>

#include <doctest/doctest.h>

#include "build_pickle.h"
#include "checkpoints/pickle.h"
#include "refusal_of.h"

using namespace imnet;
using namespace imnet::build;
using doctest::Contains;

namespace {

doctest::String refusal(const std::string& bytes) {
    return refusal_of([&] { pickle::read(as_bytes(bytes)); });
}

}  // namespace

TEST_CASE("globals that a state dict needs have a meaning, by their new and old names") {
    using pickle::find_global;
    using pickle::GlobalKind;
    CHECK(find_global("collections", "OrderedDict").kind == GlobalKind::ordered_dict);
    CHECK(find_global("__builtin__", "set").kind == GlobalKind::set);
    CHECK(find_global("torch", "bfloat16").type->name == "bfloat16");
    CHECK(find_global("torch.cuda", "FloatStorage").type->name == "float32");
    CHECK(find_global("torch.storage", "UntypedStorage").kind == GlobalKind::storage_class);
    CHECK(find_global("torch", "DoubleTensor").type->name == "float64");
    CHECK(find_global("torch.tensor", "_rebuild_from_type_v2").kind == GlobalKind::rebuild_from_type_v2);
    CHECK(find_global("argparse", "Namespace").kind == GlobalKind::inert);
}

TEST_CASE("a function that runs commands or code is refused with its name, wherever it stands") {
    const auto call_of = [](const char* module, const char* name) {
        const std::string called = global(module, name) + text("id") + tuple1 + reduce;
        const doctest::String alone = refusal(proto + called + stop);
        CHECK(refusal(proto + empty_dict + text("note") + called + setitem + stop) == alone);
        return alone;
    };
    CHECK(call_of("os", "system") ==
          "the pickle asks for 'os.system', which no state dict needs: refused, nothing was run");
    CHECK(call_of("posix", "system") == Contains("'posix.system'"));
    CHECK(call_of("builtins", "eval") == Contains("'builtins.eval'"));
    CHECK(call_of("__builtin__", "exec") == Contains("'builtins.exec'"));
    CHECK(call_of("builtins", "getattr") == Contains("'builtins.getattr'"));
    CHECK(call_of("torch.hub", "load") == Contains("'torch.hub.load'"));
    CHECK(call_of("torch", "load") == Contains("'torch.load'"));
    CHECK(call_of("importlib.util", "find_spec") == Contains("'importlib.util.find_spec'"));
    CHECK(refusal(proto + global("subprocess", "Popen") + text("id") + tuple1 + newobj + stop) ==
          Contains("'subprocess.Popen', which no state dict needs"));
    CHECK(call_of("torch", "os.system") == Contains("'torch.os.system'"));
    const std::string imported = global("torch", "utils") + text("os") + tuple2 + reduce;
    CHECK(refusal(proto + global("builtins", "getattr") + imported + stop) == Contains("'torch.utils.os'"));
    const std::string by_stack = text("os") + text("system") + "\x93";
    CHECK(refusal(proto + by_stack + stop) == Contains("asks for 'os.system'"));
    const std::string hidden = global("argparse", "Namespace") + text("__class__") + tuple2 + reduce;
    CHECK(refusal(proto + global("builtins", "getattr") + hidden + stop) == Contains("'builtins.getattr'"));
}

TEST_CASE("an object that is all of a pickle is refused with its name") {
    CHECK(refusal(proto + global("argparse", "namespace") + empty_tuple + reduce + stop) ==
          "the pickle asks for 'argparse.namespace', which no state dict needs: refused, nothing was run; if "
          "you trust the file, save the state dict in it alone, in Python");
    CHECK(refusal(proto + global("numpy.core.multiarray", "scalar") + stop) ==
          Contains("'numpy.core.multiarray.scalar'"));
}

TEST_CASE("a global's name cannot write to the terminal") {
    CHECK(refusal(proto + global("os\x1b[2J", "system") + stop) == Contains("'os\\x1b[2J.system'"));
    CHECK(refusal(proto + global(std::string(5000, 'a'), "b") + stop).size() < 300);
}

TEST_CASE("a whole model and an attack get different refusals") {
    const auto saved_model = [](const char* module, const char* name) {
        return refusal(proto + global(module, name) + empty_tuple + newobj + empty_dict + build_state + stop);
    };
    CHECK(saved_model("torchvision.models.resnet", "ResNet") ==
          "this is a whole model, not a state dict (the pickle asks for the class "
          "'torchvision.models.resnet.ResNet'): "
          "save model.state_dict() instead; nothing was run");
    CHECK(saved_model("__main__", "Net") == Contains("whole model"));
    CHECK(refusal(proto + mark + text("module") + global("__main__", "Net") + none + none + tuple +
                  persistent + empty_tuple + newobj + stop) == Contains("whole model"));
}

TEST_CASE("opcodes that build objects in other ways are refused with their names") {
    CHECK(refusal(proto + mark + text("id") + "ios\nsystem\n" + stop) ==
          "the pickle holds the opcode INST (asks for 'os.system'), which torch.save does not write: "
          "refused, nothing "
          "was run");
    CHECK(refusal(proto + integer(1) + text("system") + "\x93" + stop) == Contains("not a text"));
    CHECK(refusal(proto + mark + global("collections", "OrderedDict") + "o" + stop) ==
          Contains("opcode OBJ"));
    CHECK(refusal(proto + "\x82\x01" + stop) == Contains("opcode EXT1"));
    CHECK(refusal(proto + "\x97" + stop) == Contains("opcode NEXT_BUFFER"));
    CHECK(refusal(proto + none + "\x98" + stop) == Contains("opcode READONLY_BUFFER"));
    CHECK(refusal("\x80\x06" + none + stop) == Contains("pickle protocol 6: 2 to 5 are read"));
    CHECK(refusal(proto + "S'x'\n" + stop) == Contains("opcode STRING"));
    CHECK(refusal(proto + "\xff" + stop) == Contains("0xff, which is not an opcode"));
}

TEST_CASE("allowed globals cannot be called or built with arguments that Python would not accept") {
    const std::string ordered_dict = global("collections", "OrderedDict");
    CHECK(refusal(proto + text("os.system") + text("id") + tuple1 + reduce + stop) ==
          Contains("calls a value that is not a function"));
    CHECK(refusal(proto + global("torch", "float32") + empty_tuple + reduce + stop) ==
          Contains("not a function"));
    CHECK(refusal(proto + ordered_dict + empty_list + reduce + stop) == Contains("calls without a tuple"));
    CHECK(refusal(proto + ordered_dict + empty_dict + build_state + stop) == Contains("BUILD"));
    CHECK(refusal(proto + text("x") + empty_dict + build_state + stop) == Contains("BUILD"));
    CHECK(refusal(proto + global("torch._utils", "_rebuild_tensor_v2") + empty_tuple + reduce + stop) ==
          Contains("'_rebuild_tensor_v2' with arguments that make no sense"));
    CHECK(refusal(proto + global("torch._utils", "_rebuild_parameter") + global("torch", "device") + tuple1 +
                  reduce + stop) == Contains("'_rebuild_parameter'"));
    const std::string itself = global("torch._tensor", "_rebuild_from_type_v2");
    CHECK(refusal(proto + itself + mark + itself + none + empty_tuple + none + tuple + reduce + stop) ==
          Contains("'_rebuild_from_type_v2'"));
    const std::string size = global("torch", "Size") + empty_tuple;
    const std::string keywords = empty_dict + text("x") + none + setitem;
    CHECK(refusal(proto + size + keywords + "\x92" + stop) == Contains("keywords"));
    CHECK(refusal(proto + size + none + "\x92" + stop) == Contains("without a dict of keywords"));
    CHECK(refusal(proto + empty_list + mark + none + "\x90" + stop) == Contains("not a set"));
    CHECK(refusal(proto + text("x") + text("y") + append + stop) == Contains("not a list"));
    CHECK(refusal(proto + empty_tuple + text("y") + append + stop) == Contains("not a list"));
    CHECK(refusal(proto + empty_list + text("x") + text("y") + setitem + stop) == Contains("not a dict"));
    CHECK(refusal(proto + empty_dict + mark + text("x") + setitems + stop) == Contains("without a value"));
}

TEST_CASE("persistent ids that are not storages are refused") {
    CHECK(refusal(proto + text("x") + persistent + stop) == Contains("does not name a storage"));
    CHECK(refusal(proto + integer(1) + persistent + stop) == Contains("does not name a storage"));
    CHECK(refusal(proto + empty_tuple + persistent + stop) == Contains("'persistent_load'"));
    CHECK(refusal(proto + text("file") + tuple1 + persistent + stop) ==
          Contains("asks for 'file', not for a storage"));
    CHECK(refusal(proto + mark + text("storage") + text("os.system") + text("0") + text("cpu") + integer(1) +
                  tuple + persistent + stop) == Contains("'persistent_load'"));
    CHECK(refusal(proto + mark + text("storage") + global("torch", "float32") + text("0") + text("cpu") +
                  integer(1) + tuple + persistent + stop) == Contains("'persistent_load'"));
    CHECK(refusal(proto + storage("0", "FloatStorage", -1) + stop) == Contains("'persistent_load'"));
}

TEST_CASE("misuse of the stack, the marks and the memo is refused") {
    CHECK(refusal(proto + stop) == Contains("empty stack"));
    CHECK(refusal(proto + tuple1 + stop) == Contains("empty stack"));
    CHECK(refusal(proto + none + mark + tuple1 + stop) == Contains("empty stack"));
    CHECK(refusal(proto + tuple + stop) == Contains("no mark"));
    CHECK(refusal(proto + none + none + stop) == Contains("left over"));
    CHECK(refusal(proto + mark + none + stop) == Contains("left over"));
    CHECK(refusal(proto + get(0) + stop) == Contains("that was never written"));
    CHECK(refusal(proto + none + put(5) + get(4) + tuple2 + stop) == Contains("that was never written"));
    CHECK(refusal(proto + put(0) + stop) == Contains("empty stack"));
    CHECK(refusal(proto + none + put(0xFFFFFFFF) + stop) == Contains("memo"));
}

TEST_CASE("a pickle that is cut at any byte is refused") {
    const std::string whole = state_dict(tensor(storage("0", "FloatStorage", 4), 0, {2, 2}, {2, 1}));
    REQUIRE_NOTHROW(pickle::read(as_bytes(whole)));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CHECK(refusal(whole.substr(0, size)) != "(not refused)");
    }
}

TEST_CASE("a nesting of 100,000 levels is refused, however it is built") {
    constexpr int levels = 100'000;
    std::string lists = proto;
    std::string dicts = proto;
    std::string tuples = proto + none;
    std::string marks = proto;
    for (int i = 0; i < levels; ++i) {
        lists += empty_list;
        dicts += empty_dict + none;
        tuples += tuple1;
        marks += mark;
    }
    for (int i = 0; i + 1 < levels; ++i) lists += append;
    CHECK(refusal(lists + stop) == Contains("levels deep"));
    CHECK(refusal(dicts + stop) == Contains("has more values on its stack"));
    CHECK(refusal(tuples + stop) == Contains("levels deep"));
    CHECK(refusal(marks + stop) == Contains("levels deep"));
}

TEST_CASE("a million inert objects are refused before they take much memory") {
    std::string objects = proto + global("argparse", "Namespace") + put(0) + empty_list;
    for (int batch = 0; batch < 1000; ++batch) {
        objects += mark;
        for (int i = 0; i < 1000; ++i) objects += get(0) + empty_tuple + newobj;
        objects += "e";
    }
    CHECK(refusal(objects + stop) == Contains("need more than 16 MB"));
    std::string states = proto + global("argparse", "Namespace") + empty_tuple + newobj;
    for (int i = 0; i < 1'000'000; ++i) states += empty_dict + build_state;
    CHECK(refusal(states + stop) == Contains("need more than 16 MB"));
}

TEST_CASE("a frame and bytes that are longer than the pickle are refused") {
    const std::string huge(8, '\x7f');
    for (const char* opcode : {"\x95", "\x8d", "\x8e", "\x96"})
        CHECK(refusal("\x80\x05" + (opcode + huge) + none + stop) == Contains("ends too early"));
}

TEST_CASE("ten million memo entries, lists or values are refused before they take much memory") {
    constexpr std::uint32_t entries = 10'000'000;
    std::string memo = proto + none;
    for (std::uint32_t i = 0; i < entries; ++i) memo += put(i);
    CHECK(refusal(memo + stop) == Contains("need more than 16 MB"));
    CHECK(refusal(proto + std::string(entries, ']')) == Contains("has more values on its stack"));
    std::string many_lists = proto + empty_list;
    for (int i = 0; i < 10; ++i) many_lists += mark + std::string(100'000, ']') + "e";
    CHECK(refusal(many_lists + stop) == Contains("16 MB"));
}
