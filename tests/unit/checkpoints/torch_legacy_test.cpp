#include "checkpoints/torch_legacy.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "build_zip.h"
#include "refusal_of.h"

using namespace imnet;
using namespace imnet::build;
using doctest::Contains;

namespace {

const std::string magic = proto + "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19" + stop;

std::string file_of(const std::string& object, const std::vector<std::string>& keys, const std::string& data,
                    std::int64_t protocol = 1001) {
    std::string list = proto + empty_list;
    for (const std::string& key : keys) list += text(key) + append;
    return magic + proto + integer(protocol) + stop + proto + empty_dict + stop + object + list + stop + data;
}

std::string data_of(std::int64_t count, const std::string& bytes) { return little_endian(count) + bytes; }

const std::string object = state_dict(tensor(storage("7", "FloatStorage", 4), 1, {2}, {2}));
const std::string data = data_of(4, floats({0, 1, 2, 3}));

doctest::String refusal(const std::string& file) {
    return refusal_of([&] { read_torch_legacy(as_bytes(file)); });
}

/// An id that means only a part of a storage.
std::string part_of_storage(std::int64_t offset, std::int64_t count) {
    return mark + text("storage") + global("torch", "FloatStorage") + text("7") + text("cpu") + integer(4) +
           mark + text("view") + integer(offset) + integer(count) + tuple + tuple + persistent;
}

}  // namespace

TEST_CASE("a state dict is read from five pickles and the storages after them") {
    const std::string file = file_of(object, {"7"}, data);
    CHECK(is_torch_legacy(as_bytes(file)));
    const StateDict state_dict = read_torch_legacy(as_bytes(file));
    std::vector<float> values(2);
    to_float32(*state_dict.find("weight"), values);
    CHECK(values == std::vector<float>{1, 3});
}

TEST_CASE("a persistent id may mean a part of a storage") {
    const std::string file = file_of(state_dict(tensor(part_of_storage(1, 3), 0, {3}, {1})), {"7"}, data);
    const StateDict parts = read_torch_legacy(as_bytes(file));
    std::vector<float> values(3);
    to_float32(*parts.find("weight"), values);
    CHECK(values == std::vector<float>{1, 2, 3});
    CHECK(refusal(file_of(state_dict(tensor(part_of_storage(1, 3), 1, {3}, {1})), {"7"}, data)) ==
          Contains("reaches beyond its storage"));
    CHECK(refusal(file_of(state_dict(tensor(part_of_storage(2, 3), 0, {1}, {1})), {"7"}, data)) ==
          Contains("a view of the storage '7' reaches beyond it"));
    CHECK(refusal(file_of(state_dict(tensor(part_of_storage(INT64_MAX, INT64_MAX), 0, {1}, {1})), {"7"},
                          data)) == Contains("a view of the storage '7' reaches beyond it"));
}

TEST_CASE("a file that is cut at any byte is refused") {
    const std::string file = file_of(object, {"7"}, data);
    for (std::size_t size = 0; size < file.size(); ++size)
        CHECK(refusal(file.substr(0, size)) != "(not refused)");
    CHECK(refusal(file.substr(0, file.size() - 1)) == Contains("it is truncated or damaged"));
}

TEST_CASE("wrong lists and counts are refused") {
    CHECK(refusal(file_of(object, {}, data)) == Contains("'7' is missing"));
    CHECK(refusal(file_of(object, {"8"}, data)) == Contains("no tensor uses"));
    CHECK(refusal(file_of(object, {"7", "7"}, data + data)) == Contains("'7' is in the file twice"));
    CHECK(refusal(file_of(object, {"7"}, data_of(3, floats({0, 1, 2})))) ==
          Contains("holds 4 elements of float32"));
    CHECK(refusal(file_of(object, {"7"}, data_of(-1, floats({0, 1, 2, 3})))) == Contains("ends too early"));
    CHECK(refusal(file_of(object, {"7"}, data_of(INT64_MAX, ""))) == Contains("ends too early"));
    CHECK(refusal(file_of(object, {"7"}, data, 1002)) == Contains("unknown version"));
    CHECK(refusal("") == Contains("magic number"));
}

TEST_CASE("hostile pickles are refused in each of the five places") {
    const std::string attack = proto + global("posix", "system") + text("id") + tuple1 + reduce + stop;
    CHECK(refusal(magic + attack) == Contains("'posix.system'"));
    CHECK(refusal(magic + proto + integer(1001) + stop + attack) == Contains("'posix.system'"));
    CHECK(refusal(file_of(attack, {}, "")) == Contains("'posix.system'"));
    CHECK(refusal(magic + proto + integer(1001) + stop + proto + empty_dict + stop + object + attack) ==
          Contains("'posix.system'"));
}
