#include "checkpoints/torch_zip.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "build_zip.h"
#include "refusal_of.h"

using namespace imnet;
using namespace imnet::build;
using doctest::Contains;

namespace {

std::string archive_of(const std::string& tensor_pickle, const std::string& bytes) {
    return torch_archive(state_dict(tensor_pickle), {bytes}).bytes();
}

std::vector<float> values_of(const TensorView& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.element_count()));
    to_float32(tensor, values);
    return values;
}

doctest::String refusal(const std::string& file) {
    return refusal_of([&] { read_torch_zip(as_bytes(file)); });
}

/// The refusal of one tensor over a storage of four floats.
doctest::String tensor_refusal(std::int64_t offset, std::initializer_list<std::int64_t> shape,
                               std::initializer_list<std::int64_t> strides) {
    return refusal(
        archive_of(tensor(storage("0", "FloatStorage", 4), offset, shape, strides), floats({0, 1, 2, 3})));
}

}  // namespace

TEST_CASE("a state dict is read from its archive") {
    const std::string file =
        archive_of(tensor(storage("0", "FloatStorage", 4), 0, {2, 2}, {2, 1}), floats({0, 1, 2, 3}));
    const StateDict state_dict = read_torch_zip(as_bytes(file));
    CHECK(state_dict.container == "torch.save (zip)");
    REQUIRE(state_dict.tensors.size() == 1);
    CHECK(state_dict.tensors[0].first == "weight");
    CHECK(state_dict.tensors[0].second.shape == std::vector<std::int64_t>{2, 2});
    CHECK(values_of(state_dict.tensors[0].second) == std::vector<float>{0, 1, 2, 3});
}

TEST_CASE("tensors may share a storage, have gaps in it and be transposed") {
    const std::string shared = storage("0", "FloatStorage", 4);
    const std::string pickle = proto + empty_dict + mark + text("a") + tensor(shared, 1, {2}, {2}) +
                               text("b") + tensor(shared, 0, {2, 2}, {1, 2}) + setitems + stop;
    const std::string file = torch_archive(pickle, {floats({0, 1, 2, 3})}).bytes();
    const StateDict state_dict = read_torch_zip(as_bytes(file));
    CHECK(values_of(*state_dict.find("a")) == std::vector<float>{1, 3});
    CHECK(values_of(*state_dict.find("b")) == std::vector<float>{0, 2, 1, 3});
}

TEST_CASE("the byte order in the file is honoured") {
    Archive archive = torch_archive(state_dict(tensor(storage("0", "FloatStorage", 1), 0, {1}, {1})),
                                    {std::string("\x3f\xc0\x00\x00", 4)});
    archive.entries.push_back({.name = "model/byteorder", .bytes = "big"});
    const std::string file = archive.bytes();
    CHECK(values_of(read_torch_zip(as_bytes(file)).tensors[0].second) == std::vector<float>{1.5F});
    archive.entries.back().bytes = "middle";
    CHECK(refusal(archive.bytes()) == Contains("'middle'"));
}

TEST_CASE("offsets, sizes and strides that leave the storage or overflow are refused") {
    CHECK(tensor_refusal(0, {4}, {1}) == "(not refused)");
    CHECK(tensor_refusal(4, {0}, {1}) == "(not refused)");
    CHECK(tensor_refusal(0, {5}, {1}) ==
          "the tensor 'weight' reaches beyond its storage: the file is damaged or hostile");
    CHECK(tensor_refusal(1, {4}, {1}) == Contains("beyond its storage"));
    CHECK(tensor_refusal(0, {2}, {4}) == Contains("beyond its storage"));
    CHECK(tensor_refusal(INT64_MAX, {1}, {1}) == Contains("beyond its storage"));
    CHECK(tensor_refusal(0, {INT64_MAX}, {INT64_MAX}) == Contains("strides that overflow"));
    CHECK(tensor_refusal(0, {2, 2}, {INT64_MAX, INT64_MAX}) == Contains("strides that overflow"));
    CHECK(tensor_refusal(0, {2}, {INT64_MAX}) == Contains("strides that overflow"));
    CHECK(tensor_refusal(0, {INT64_MAX, 2}, {0, 0}) == Contains("size that overflows"));
    CHECK(tensor_refusal(0, {INT64_MAX, 0, 2}, {0, 0, 0}) == Contains("size that overflows"));
    CHECK(tensor_refusal(0, {INT64_MAX}, {0}) == Contains("without bound"));
    CHECK(tensor_refusal(0, {-1}, {1}) == Contains("arguments that make no sense"));
    CHECK(tensor_refusal(0, {2}, {-1}) == Contains("arguments that make no sense"));
    CHECK(tensor_refusal(-1, {2}, {1}) == Contains("arguments that make no sense"));
    CHECK(tensor_refusal(0, {2, 2}, {1}) == Contains("arguments that make no sense"));
    CHECK(tensor_refusal(0, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {1}) ==
          Contains("17 dimensions"));
}

TEST_CASE("persistent ids that do not match their storage are refused") {
    const auto with_storage = [](const std::string& claimed) {
        return refusal(archive_of(tensor(claimed, 0, {1}, {1}), floats({0, 1, 2, 3})));
    };
    CHECK(with_storage(storage("0", "FloatStorage", 4)) == "(not refused)");
    CHECK(with_storage(storage("0", "FloatStorage", 5)) ==
          "the pickle says that the storage '0' holds 5 elements of float32, but it has 16 bytes: the file "
          "is damaged "
          "or hostile");
    CHECK(with_storage(storage("0", "DoubleStorage", 4)) == Contains("4 elements of float64"));
    CHECK(with_storage(storage("0", "DoubleStorage", INT64_MAX)) == Contains("elements of float64"));
    CHECK(with_storage(storage("0", "FloatStorage", INT64_MAX / 2 + 5)) == Contains("elements of float32"));
    CHECK(with_storage(storage("1", "FloatStorage", 4)) == Contains("'1' is missing"));
    CHECK(with_storage(storage("../0", "FloatStorage", 4)) == Contains("'../0' is missing"));
}

TEST_CASE("a changed byte is detected in the pickle and in the weights") {
    const std::string file =
        archive_of(tensor(storage("0", "FloatStorage", 2), 0, {2}, {1}), floats({1.25F, 2.5F}));
    std::string weights = file;
    weights[file.find(floats({2.5F})) + 2] ^= 1;
    CHECK(refusal(weights) == Contains("'model/data/0' are not those that were saved"));
    std::string pickle = file;
    pickle[file.find("weight")] = 'W';
    CHECK(refusal(pickle) == Contains("'model/data.pkl' are not those that were saved"));
}

TEST_CASE("tensors that cannot be read are named with their type") {
    const auto with_class = [](const char* storage_class, std::int64_t count) {
        return refusal(
            archive_of(tensor(storage("0", storage_class, count), 0, {1}, {1}), floats({0, 1, 2, 3})));
    };
    CHECK(with_class("ComplexFloatStorage", 2) ==
          "the tensor 'weight' is of type complex64, which is not read: save it as float32");
    CHECK(with_class("QInt8Storage", 16) ==
          "this is a quantised state dict (the tensor 'weight' is qint8): give the float model's state dict");
    const std::string sparse = global("torch._utils", "_rebuild_sparse_tensor") + empty_tuple + reduce;
    CHECK(refusal(archive_of(sparse, "")) == Contains("'weight' is sparse, nested or without a storage"));
    const std::string negative =
        global("torch._utils", "_rebuild_tensor_v2") + mark + storage("0", "FloatStorage", 4) + integer(0) +
        integers({1}) + integers({1}) + no + none + empty_dict + text("neg") + yes + setitem + tuple + reduce;
    CHECK(refusal(archive_of(negative, floats({0, 1, 2, 3}))) == Contains("conjugates or negates"));
    CHECK(refusal(archive_of(global("torch", "FloatTensor") + empty_tuple + reduce, "")) ==
          Contains("never filled"));
}

TEST_CASE("the refusal of another zip archive says what it is") {
    const Entry pickle{.name = "net/data.pkl", .bytes = proto + empty_dict + stop};
    const Entry code{.name = "net/code/__torch__.py", .bytes = "", .method = 8};
    CHECK(refusal(Archive{.entries = {pickle, code}}.bytes()) == Contains("TorchScript archive"));
    CHECK(refusal(Archive{.entries = {pickle, {.name = "net/constants.pkl", .bytes = ""}}}.bytes()) ==
          Contains("TorchScript archive"));
    CHECK(refusal(Archive{
              .entries = {{.name = "config.json", .bytes = "{}"}, {.name = "model.weights.h5", .bytes = ""}}}
                      .bytes()) == Contains("Keras model"));
    CHECK(refusal(Archive{.entries = {{.name = "a.jpg", .bytes = "x"}}}.bytes()) ==
          Contains("without data.pkl"));
}

TEST_CASE("a tensor that occurs twice, or has no name or one that is not text, is refused") {
    const std::string one = tensor(storage("0", "FloatStorage", 1), 0, {1}, {1});
    const auto with_items = [&](const std::string& items) {
        return refusal(
            torch_archive(proto + empty_dict + mark + items + setitems + stop, {floats({1})}).bytes());
    };
    CHECK(with_items(text("a") + one + text("a") + one) == Contains("'a' is in the state dict twice"));
    CHECK(with_items(text("") + one) == Contains("name has 0 bytes"));
    CHECK(with_items(integer(1) + one) == Contains("has no name"));
    CHECK(with_items(text("\xff") + one) == Contains("'\\xff' has a name that is not UTF-8"));
    CHECK(with_items(text("\xed\xa0\x80") + one) == Contains("not UTF-8"));
    CHECK(with_items(text("größe") + one) == "(not refused)");
}
