#include "runs/row_order.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "temporary_folder.h"

using namespace imnet;

TEST_CASE("the numbers of rows are read back, followed by the number of all inputs") {
    const test::TemporaryFolder folder;
    const std::vector<std::uint64_t> numbers{0, 1, 5, 200, 201, 1'000'000, 1'000'000'000'000};
    RowOrder order;
    for (const std::uint64_t number : numbers) order.add(number);
    order.write(folder / "order", 1'000'000'000'007);
    RowOrderReader reader(folder / "order");
    for (const std::uint64_t number : numbers) CHECK(reader.next() == number);
    CHECK(reader.next() == 1'000'000'000'007);
    CHECK_THROWS_AS(reader.next(), UsageError);
}

TEST_CASE("a row takes one byte where the shards are even") {
    const test::TemporaryFolder folder;
    RowOrder order;
    for (std::uint64_t i = 0; i < 1000; ++i) order.add(4 * i + 1);
    order.write(folder / "order", 4000);
    CHECK(std::filesystem::file_size(folder / "order") < 1020);
}

TEST_CASE("a file that is not an OUT.order is refused") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_AS(RowOrderReader(folder / "missing"), UsageError);
    CHECK_THROWS_AS(RowOrderReader(folder.write("other", "imnet")), UsageError);
    RowOrderReader endless(folder.write("endless", "imnet order 1\n" + std::string(20, '\xFF')));
    CHECK_THROWS_AS(endless.next(), UsageError);
}
