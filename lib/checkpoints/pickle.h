// A pickle machine that builds state dicts and keeps everything else as data.
//
// It reads the opcodes that Python writes for protocols 2 to 5 into plain values. A GLOBAL that PyTorch's own
// weights_only loader allows is implemented by a few lines of this program. Every other class or function is
// only a name: what the pickle would build with it becomes an Inert value, which holds that name, the
// arguments and the state, and which nothing calls. So no code of the file is ever run. Refused, with their
// names: functions that run commands or code (pickle_globals.h), opcodes that torch.save does not write
// (INST, OBJ, EXT1, NEXT_BUFFER …), BUILD on other values, persistent ids that are not storages, and a pickle
// that is as a whole an object. All values together may take 16 MB; nesting, stack and memo are bounded as
// well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "checkpoints/element_type.h"

namespace imnet::pickle {

struct Global;
struct Inert;
struct Sequence;
struct Dict;
struct Storage;
struct Tensor;

struct Unset {};
struct None {};

/// A Python str (or Python 2 str), as a view of the pickle; it need not be UTF-8.
struct Text {
    std::string_view characters;
};

/// An int beyond 64 bits: its bytes, least significant first, two's complement.
struct LargeInteger {
    std::string_view little_endian;
};

/// An object that may be stored with a state dict but is not needed: a device, a complex number, or bytes,
/// as a view of the pickle.
struct Opaque {
    std::string_view what;
};

/// Values point to one another but own nothing. The Document owns them all, so that deep or cyclic
/// structures are freed without recursion.
using Value = std::variant<Unset, None, bool, std::int64_t, double, Text, LargeInteger, Opaque, const Global*,
                           Inert*, Sequence*, Dict*, const Storage*, Tensor*>;

enum class SequenceKind { list, tuple, set };

struct Sequence {
    SequenceKind kind;
    int depth = 1;  ///< levels of containers inside, itself included
    std::pmr::vector<Value> items;
};

/// A dict or OrderedDict: entries in the order of insertion.
struct Dict {
    int depth = 1;
    std::pmr::vector<std::pair<Value, Value>> items;

    /// The last entry under that text, or null.
    const Value* find(std::string_view key) const;
};

/// What an object would be made of: the class or function and what the pickle gives to it. It is never made.
struct Inert {
    const Global* global;
    int depth = 1;
    Sequence* arguments = nullptr;  ///< null where the object has none
    Value state = Unset{};          ///< what BUILD sets: for most classes a dict of the attributes
    Dict* entries = nullptr;        ///< of a subclass of dict; null where it has none
    Sequence* items = nullptr;      ///< of a subclass of list or set
};

/// What a persistent id says about a storage; the container checks it.
struct Storage {
    std::string_view key;
    const ElementType* type;
    std::int64_t count;            ///< elements in the whole storage, not negative
    std::int64_t view_offset = 0;  ///< in the older form an id may mean only a part of the storage
    std::int64_t view_count;
};

/// A tensor as the pickle describes it. Its numbers are not negative; nothing else has been checked.
struct Tensor {
    const Storage* storage = nullptr;  ///< null where the tensor was made but never filled
    const ElementType* type = nullptr;
    std::int64_t offset = 0;  ///< in elements
    std::pmr::vector<std::int64_t> shape;
    std::pmr::vector<std::int64_t> strides;
    std::string_view unsupported;  ///< why this program cannot read it; empty where it can
};

/// One pickle that was read. Texts point into its bytes; all other values live as long as the Document.
struct Document {
    std::unique_ptr<std::pmr::memory_resource> budget;
    std::unique_ptr<std::pmr::memory_resource> memory;
    Value root;
    std::span<const Storage* const> storages;  ///< named by persistent ids, in order
    std::size_t size = 0;                      ///< bytes up to and including STOP
};

/// Reads the pickle at the start of `bytes`. Throws ModelError.
Document read(std::span<const std::byte> bytes);

}  // namespace imnet::pickle
