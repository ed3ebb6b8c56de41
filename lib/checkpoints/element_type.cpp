#include "checkpoints/element_type.h"

#include <array>
#include <utility>

namespace imnet {
namespace {

constexpr std::array types{
    ElementType{"float64", 8, DType::float64},      ElementType{"float32", 4, DType::float32},
    ElementType{"float16", 2, DType::float16},      ElementType{"bfloat16", 2, DType::bfloat16},
    ElementType{"int64", 8, DType::int64},          ElementType{"int32", 4, DType::int32},
    ElementType{"int16", 2, DType::int16},          ElementType{"int8", 1, DType::int8},
    ElementType{"uint8", 1, DType::uint8},          ElementType{"bool", 1, DType::boolean},
    ElementType{"uint16", 2, std::nullopt},         ElementType{"uint32", 4, std::nullopt},
    ElementType{"uint64", 8, std::nullopt},         ElementType{"complex32", 4, std::nullopt},
    ElementType{"complex64", 8, std::nullopt},      ElementType{"complex128", 16, std::nullopt},
    ElementType{"float8_e4m3fn", 1, std::nullopt},  ElementType{"float8_e4m3fnuz", 1, std::nullopt},
    ElementType{"float8_e5m2", 1, std::nullopt},    ElementType{"float8_e5m2fnuz", 1, std::nullopt},
    ElementType{"float8_e8m0fnu", 1, std::nullopt}, ElementType{"float4_e2m1fn_x2", 1, std::nullopt},
    ElementType{"bits8", 1, std::nullopt},          ElementType{"bits16", 2, std::nullopt},
    ElementType{"bits1x8", 1, std::nullopt},        ElementType{"bits2x4", 1, std::nullopt},
    ElementType{"bits4x2", 1, std::nullopt},        ElementType{"int1", 1, std::nullopt},
    ElementType{"int2", 1, std::nullopt},           ElementType{"int3", 1, std::nullopt},
    ElementType{"int4", 1, std::nullopt},           ElementType{"int5", 1, std::nullopt},
    ElementType{"int6", 1, std::nullopt},           ElementType{"int7", 1, std::nullopt},
    ElementType{"uint1", 1, std::nullopt},          ElementType{"uint2", 1, std::nullopt},
    ElementType{"uint3", 1, std::nullopt},          ElementType{"uint4", 1, std::nullopt},
    ElementType{"uint5", 1, std::nullopt},          ElementType{"uint6", 1, std::nullopt},
    ElementType{"uint7", 1, std::nullopt},          ElementType{"qint8", 1, std::nullopt, true},
    ElementType{"quint8", 1, std::nullopt, true},   ElementType{"qint32", 4, std::nullopt, true},
    ElementType{"quint4x2", 1, std::nullopt, true}, ElementType{"quint2x4", 1, std::nullopt, true},
};

constexpr std::pair<std::string_view, std::string_view> storages[] = {
    {"DoubleStorage", "float64"},
    {"FloatStorage", "float32"},
    {"HalfStorage", "float16"},
    {"BFloat16Storage", "bfloat16"},
    {"LongStorage", "int64"},
    {"IntStorage", "int32"},
    {"ShortStorage", "int16"},
    {"CharStorage", "int8"},
    {"ByteStorage", "uint8"},
    {"BoolStorage", "bool"},
    {"UntypedStorage", "uint8"},
    {"ComplexFloatStorage", "complex64"},
    {"ComplexDoubleStorage", "complex128"},
    {"QInt8Storage", "qint8"},
    {"QUInt8Storage", "quint8"},
    {"QInt32Storage", "qint32"},
    {"QUInt4x2Storage", "quint4x2"},
    {"QUInt2x4Storage", "quint2x4"},
};

}  // namespace

const ElementType* element_type(std::string_view name) {
    for (const ElementType& type : types) {
        if (type.name == name) return &type;
    }
    return nullptr;
}

const ElementType* element_type_of_storage(std::string_view class_name) {
    for (const auto& [storage, type] : storages) {
        if (storage == class_name) return element_type(type);
    }
    return nullptr;
}

}  // namespace imnet
