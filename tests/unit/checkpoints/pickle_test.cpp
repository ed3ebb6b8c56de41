#include "checkpoints/pickle.h"

#include <string>
#include <variant>

#include <doctest/doctest.h>

#include "build_pickle.h"
#include "checkpoints/pickle_globals.h"

using namespace imnet;
using namespace imnet::build;
using doctest::Approx;

namespace {

template <typename T>
T root_of(const std::string& bytes) {
    return std::get<T>(pickle::read(as_bytes(bytes)).root);
}

}  // namespace

TEST_CASE("numbers, texts and booleans are read as Python wrote them") {
    CHECK(root_of<std::int64_t>(proto + "K\xff" + stop) == 255);
    CHECK(root_of<std::int64_t>(proto + "M\xff\xff" + stop) == 65535);
    CHECK(root_of<std::int64_t>(proto + "J\xfe\xff\xff\xff" + stop) == -2);
    CHECK(root_of<std::int64_t>(proto + "\x8a\x01\x80" + stop) == -128);
    CHECK(root_of<std::int64_t>(proto + std::string("\x8a\x02\x80\x00", 4) + stop) == 128);
    CHECK(root_of<std::int64_t>(proto + std::string("\x8a\x00", 2) + stop) == 0);
    CHECK(root_of<double>(proto + std::string("G\x3f\xf8\x00\x00\x00\x00\x00\x00", 9) + stop) == Approx(1.5));
    CHECK(root_of<bool>(proto + yes + stop));
    CHECK_FALSE(root_of<bool>(proto + no + stop));
    CHECK(std::holds_alternative<pickle::None>(pickle::read(as_bytes(proto + none + stop)).root));
    const std::string python3 = proto + text("conv1.weight") + stop;
    CHECK(root_of<pickle::Text>(python3).characters == "conv1.weight");
    const std::string python2 = proto + "U\x03" + "abc" + stop;
    CHECK(root_of<pickle::Text>(python2).characters == "abc");
}

TEST_CASE("an int beyond 64 bits keeps its bytes") {
    const std::string magic = proto + "\x8a\x0a" + "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19" + stop;
    CHECK(root_of<pickle::LargeInteger>(magic).little_endian == "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
}

TEST_CASE("dicts keep their order, and the last of two equal keys counts") {
    const std::string bytes = proto + empty_dict + mark + text("a") + integer(1) + text("b") + integer(2) +
                              text("a") + integer(3) + setitems + stop;
    const auto document = pickle::read(as_bytes(bytes));
    const auto& dict = *std::get<pickle::Dict*>(document.root);
    REQUIRE(dict.items.size() == 3);
    CHECK(std::get<std::int64_t>(*dict.find("a")) == 3);
    CHECK(std::get<std::int64_t>(*dict.find("b")) == 2);
    CHECK(dict.find("c") == nullptr);
}

TEST_CASE("an OrderedDict is read in the form of Python 2, too, and its attributes are ignored") {
    const std::string pair = empty_list + text("a") + append + integer(7) + append;
    const std::string bytes = proto + global("collections", "OrderedDict") + empty_list + pair + append +
                              tuple1 + reduce + empty_dict + text("_metadata") + none + setitem +
                              build_state + stop;
    const auto document = pickle::read(as_bytes(bytes));
    CHECK(std::get<std::int64_t>(*std::get<pickle::Dict*>(document.root)->find("a")) == 7);
}

TEST_CASE("the memo gives back the stored value") {
    const std::string bytes = proto + text("x") + put(300) + tuple1 + put(1) + get(300) + tuple2 + stop;
    const auto document = pickle::read(as_bytes(bytes));
    CHECK(std::get<pickle::Text>(std::get<pickle::Sequence*>(document.root)->items[1]).characters == "x");
}

TEST_CASE("a tensor is described by its storage, offset, shape and strides") {
    const std::string bytes = proto + tensor(storage("7", "HalfStorage", 24), 4, {2, 3}, {1, 2}) + stop;
    const auto document = pickle::read(as_bytes(bytes));
    const auto& described = *std::get<pickle::Tensor*>(document.root);
    CHECK(described.storage->key == "7");
    CHECK(described.storage->count == 24);
    CHECK(described.type->name == "float16");
    CHECK(described.offset == 4);
    CHECK(described.shape == std::pmr::vector<std::int64_t>{2, 3});
    CHECK(described.strides == std::pmr::vector<std::int64_t>{1, 2});
}

TEST_CASE("a Parameter is read as its tensor") {
    const std::string data = tensor(storage("0", "FloatStorage", 1), 0, {1}, {1});
    const std::string hooks = global("collections", "OrderedDict") + empty_tuple + reduce;
    const std::string bytes = proto + global("torch._utils", "_rebuild_parameter") + mark + data + yes +
                              hooks + tuple + reduce + stop;
    CHECK(root_of<pickle::Tensor*>(bytes) != nullptr);
}

TEST_CASE("a tensor may be filled by its state, as in old files") {
    const std::string state =
        mark + storage("0", "FloatStorage", 6) + integer(1) + integers({2}) + integers({2}) + tuple;
    const std::string bytes =
        proto + global("torch", "FloatTensor") + empty_tuple + reduce + state + build_state + stop;
    const auto document = pickle::read(as_bytes(bytes));
    CHECK(std::get<pickle::Tensor*>(document.root)->offset == 1);
}

TEST_CASE("an object of an unknown class is kept as its name, arguments and state, and never made") {
    const std::string state = empty_dict + text("lr") + integer(3) + setitem;
    const std::string object = global("argparse", "Namespace") + empty_tuple + newobj + state + build_state;
    const std::string date = global("datetime", "date") + integer(2026) + integer(8) + tuple2 + reduce;
    const std::string bytes = proto + object + date + tuple2 + stop;
    const auto document = pickle::read(as_bytes(bytes));
    const auto& items = std::get<pickle::Sequence*>(document.root)->items;
    const auto& arguments = *std::get<pickle::Inert*>(items.at(0));
    CHECK(arguments.global->module == "argparse");
    CHECK(arguments.global->name == "Namespace");
    CHECK(std::get<std::int64_t>(*std::get<pickle::Dict*>(arguments.state)->find("lr")) == 3);
    const auto& day = *std::get<pickle::Inert*>(items.at(1));
    CHECK(std::get<std::int64_t>(day.arguments->items.at(0)) == 2026);
}

TEST_CASE("objects of subclasses of dict and list keep their items") {
    const std::string dict =
        global("mmengine.config", "ConfigDict") + empty_tuple + newobj + text("a") + integer(1) + setitem;
    const std::string list = global("project", "Names") + empty_tuple + newobj + text("cat") + append;
    const std::string bytes = proto + dict + list + tuple2 + stop;
    const auto document = pickle::read(as_bytes(bytes));
    const auto& items = std::get<pickle::Sequence*>(document.root)->items;
    CHECK(std::get<std::int64_t>(*std::get<pickle::Inert*>(items.at(0))->entries->find("a")) == 1);
    CHECK(std::get<pickle::Inert*>(items.at(1))->items->items.size() == 1);
}

TEST_CASE("a defaultdict is a dict, and a class inside a class has the names of both") {
    const std::string factory = global("builtins", "list") + tuple1;
    const std::string bytes = proto + global("collections", "defaultdict") + factory + reduce + text("a") +
                              integer(1) + setitem + stop;
    const auto document = pickle::read(as_bytes(bytes));
    CHECK(std::get<std::int64_t>(*std::get<pickle::Dict*>(document.root)->find("a")) == 1);

    const std::string inner = global("project", "Trainer") + text("Settings") + tuple2 + reduce;
    const auto nested =
        pickle::read(as_bytes(proto + global("__builtin__", "getattr") + inner + tuple1 + stop));
    const pickle::Value& settings = std::get<pickle::Sequence*>(nested.root)->items.at(0);
    CHECK(std::get<const pickle::Global*>(settings)->name == "Trainer.Settings");
}

TEST_CASE("a method of an object that is not made is a name") {
    const std::string object = global("project", "Loss") + empty_tuple + newobj;
    const std::string method = global("builtins", "getattr") + object + text("forward") + tuple2 + reduce;
    const std::string bytes = proto + method + tuple1 + stop;
    const auto document = pickle::read(as_bytes(bytes));
    const pickle::Value& value = std::get<pickle::Sequence*>(document.root)->items.at(0);
    CHECK(std::get<const pickle::Global*>(value)->name == "Loss.forward");
}

TEST_CASE("the opcodes of protocols 3, 4 and 5 are read") {
    const std::string frame = "\x95" + little_endian(std::uint64_t{0});
    const std::string name = std::string("\x8c\x01") + "a";
    const std::string long_name = "\x8d" + little_endian(std::uint64_t{1}) + "b";
    const std::string bytes = std::string("C\x01") + "x" + "B" + little_endian(1) + "x" + "\x8e" +
                              little_endian(std::uint64_t{1}) + "x" + "\x96" +
                              little_endian(std::uint64_t{1}) + "x";
    const std::string sets = "\x8f" + mark + none + "\x90" + mark + none + "\x91";
    const std::string large = "\x8b" + little_endian(1) + "\x05";
    const std::string pickle = "\x80\x05" + frame + mark + name + "\x94" + long_name + "\x94" + "h" +
                               std::string(1, '\x01') + bytes + sets + large + none + "0" + none + "2" +
                               tuple + stop;
    const auto document = pickle::read(as_bytes(pickle));
    const auto& items = std::get<pickle::Sequence*>(document.root)->items;
    REQUIRE(items.size() == 12);
    CHECK(std::get<pickle::Text>(items[0]).characters == "a");
    CHECK(std::get<pickle::Text>(items[2]).characters == "b");
    for (std::size_t i = 3; i < 7; ++i) CHECK(std::get<pickle::Opaque>(items[i]).what == "x");
    for (std::size_t i = 7; i < 9; ++i) CHECK(std::get<pickle::Sequence*>(items[i])->items.size() == 1);
    CHECK(std::get<std::int64_t>(items[9]) == 5);
    CHECK(std::holds_alternative<pickle::None>(items[11]));
}

TEST_CASE("a global may be named by two texts on the stack, and called with keywords") {
    const std::string name = text("collections") + text("OrderedDict") + "\x93";
    CHECK(root_of<pickle::Dict*>(proto + name + empty_tuple + empty_dict + "\x92" + stop) != nullptr);
    const std::string keywords = empty_dict + text("a") + integer(1) + setitem;
    const std::string object = global("project", "Settings") + empty_tuple + keywords + "\x92";
    const std::string bytes = proto + object + tuple1 + stop;
    const auto document = pickle::read(as_bytes(bytes));
    const auto& settings = *std::get<pickle::Inert*>(std::get<pickle::Sequence*>(document.root)->items.at(0));
    CHECK(std::holds_alternative<pickle::Dict*>(settings.state));
}

TEST_CASE("reading ends at STOP and gives its position") {
    const std::string bytes = proto + none + stop;
    CHECK(pickle::read(as_bytes(bytes + "more")).size == bytes.size());
}
