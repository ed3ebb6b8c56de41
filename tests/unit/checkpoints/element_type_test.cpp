#include "checkpoints/element_type.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("types are known by PyTorch's names, including those that are not read") {
    CHECK(element_type("bfloat16")->dtype == DType::bfloat16);
    CHECK(element_type("complex64")->size == 8);
    CHECK_FALSE(element_type("complex64")->dtype.has_value());
    CHECK(element_type("quint8")->quantised);
    CHECK(element_type("float") == nullptr);
}

TEST_CASE("types that are read have the same size and name everywhere") {
    for (const DType dtype : {DType::float64, DType::float32, DType::float16, DType::bfloat16, DType::int64,
                              DType::int32, DType::int16, DType::int8, DType::uint8, DType::boolean}) {
        const ElementType* type = element_type(name(dtype));
        REQUIRE(type != nullptr);
        CHECK(type->dtype == dtype);
        CHECK(type->size == size_of(dtype));
    }
}

TEST_CASE("storage classes have an element type") {
    CHECK(element_type_of_storage("HalfStorage")->name == "float16");
    CHECK(element_type_of_storage("UntypedStorage")->name == "uint8");
    CHECK(element_type_of_storage("Storage") == nullptr);
}
