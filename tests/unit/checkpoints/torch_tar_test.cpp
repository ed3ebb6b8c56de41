#include "checkpoints/torch_tar.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "build_pickle.h"
#include "build_tar.h"
#include "build_zip.h"
#include "refusal_of.h"

using namespace imnet;
using namespace imnet::build;
using doctest::Contains;

namespace {

std::string number(std::int64_t value) { return proto + integer(value) + stop; }

/// The entry of a storage of floats.
std::string storage_entry(std::int64_t key, std::int64_t count, const std::string& bytes) {
    return proto + mark + integer(key) + text("cpu") + global("torch", "FloatStorage") + tuple + stop +
           little_endian(count) + bytes;
}

/// The entry of a one-dimensional tensor.
std::string tensor_entry(std::int64_t key, std::int64_t storage_key, std::int64_t size, std::int64_t stride,
                         std::int64_t offset) {
    return proto + mark + integer(key) + integer(storage_key) + global("torch", "FloatTensor") + tuple +
           stop + little_endian(std::int32_t{1}) + std::string(4, '\0') + little_endian(size) +
           little_endian(stride) + little_endian(offset);
}

const std::string no_views = proto + empty_list + stop;
const std::string storages = number(1) + storage_entry(1, 4, floats({0, 1, 2, 3})) + no_views;
const std::string object = proto + empty_dict + text("weight") + integer(7) + persistent + setitem + stop;

std::string archive(const std::string& storages_member, const std::string& tensors_member) {
    return tar_member("sys_info", "") + tar_member("pickle", object) + tar_member("tensors", tensors_member) +
           tar_member("storages", storages_member) + tar_end();
}

std::vector<float> values(const std::string& file) {
    const StateDict state_dict = read_torch_tar(as_bytes(file));
    std::vector<float> result(static_cast<std::size_t>(state_dict.tensors.at(0).second.element_count()));
    to_float32(state_dict.tensors[0].second, result);
    return result;
}

doctest::String refusal(const std::string& file) {
    return refusal_of([&] { read_torch_tar(as_bytes(file)); });
}

}  // namespace

TEST_CASE("tensors of the tar form lie in their storages, or in views of them") {
    CHECK(values(archive(storages, number(1) + tensor_entry(7, 1, 2, 2, 1))) == std::vector<float>{1, 3});
    const std::string view = proto + empty_list + integers({2, 1, 1, 2}) + append + stop;
    const std::string viewed = number(1) + storage_entry(1, 4, floats({0, 1, 2, 3})) + view;
    CHECK(values(archive(viewed, number(1) + tensor_entry(7, 2, 2, 1, 0))) == std::vector<float>{1, 2});
}

TEST_CASE("claims of the tar form are checked") {
    const auto tensors = [](std::int64_t size, std::int64_t stride, std::int64_t offset) {
        return refusal(archive(storages, number(1) + tensor_entry(7, 1, size, stride, offset)));
    };
    CHECK(tensors(5, 1, 0) == Contains("reaches beyond its storage"));
    CHECK(tensors(4, 1, 1) == Contains("reaches beyond its storage"));
    CHECK(tensors(2, INT64_MAX, 0) == Contains("overflow"));
    CHECK(tensors(-1, 1, 0) == Contains("'tensors' makes no sense"));
    CHECK(refusal(archive(storages, number(1) + tensor_entry(8, 1, 1, 1, 0))) == Contains("does not hold"));
    CHECK(refusal(archive(storages, number(1) + tensor_entry(7, 9, 1, 1, 0))) == Contains("does not hold"));
    CHECK(refusal(archive(storages, number(2) + tensor_entry(7, 1, 1, 1, 0))) == Contains("too early"));
    CHECK(refusal(archive(storages, number(INT64_MAX))) == Contains("'tensors' makes no sense"));
    CHECK(refusal(archive(number(1) + storage_entry(1, INT64_MAX, "") + no_views, number(0))) ==
          Contains("too early"));
    const std::string view_beyond = proto + empty_list + integers({2, 1, 3, 2}) + append + stop;
    CHECK(refusal(archive(number(1) + storage_entry(1, 4, floats({0, 1, 2, 3})) + view_beyond, number(0))) ==
          Contains("reaches beyond it"));
    CHECK(refusal(archive(number(-1), number(0))) == Contains("'storages' makes no sense"));
    CHECK(refusal(tar_member("photo.jpg", "x") + tar_end()) == Contains("a tar archive without 'pickle'"));
}
