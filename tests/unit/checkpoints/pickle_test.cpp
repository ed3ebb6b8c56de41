#include "checkpoints/pickle.h"

#include <string>
#include <variant>

#include <doctest/doctest.h>

#include "build_pickle.h"

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

TEST_CASE("reading ends at STOP and gives its position") {
    const std::string bytes = proto + none + stop;
    CHECK(pickle::read(as_bytes(bytes + "more")).size == bytes.size());
}
