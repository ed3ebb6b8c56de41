#include "checkpoints/pickle.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <string>

#include <fmt/format.h>

#include "base/bytes.h"
#include "checkpoints/pickle_budget.h"
#include "checkpoints/pickle_cursor.h"
#include "checkpoints/pickle_globals.h"
#include "checkpoints/pickle_objects.h"
#include "checkpoints/pickle_opcodes.h"
#include "checkpoints/refusals.h"

namespace imnet::pickle {
namespace {

constexpr std::size_t widest_stack = 1 << 17;

class Machine {
public:
    Machine(std::span<const std::byte> bytes, std::pmr::memory_resource* budget,
            std::pmr::memory_resource* memory)
        : cursor_(bytes),
          memory_(memory),
          objects_(cursor_, memory),
          stack_(budget),
          marks_(budget),
          memo_(budget) {
        storages_ = objects_.make(std::pmr::vector<const Storage*>(memory));
    }

    /// Executes the opcodes up to STOP and gives the result.
    Value run() {
        for (;;) {
            const Opcode opcode = cursor_.next_opcode();
            if (opcode == Opcode::STOP) return result();
            step(opcode);
        }
    }

    std::size_t position() const { return cursor_.position(); }
    std::span<const Storage* const> storages() const { return *storages_; }

private:
    // Stack and memo.

    [[noreturn]] void refuse_damage(std::string_view what) { cursor_.refuse_damage(what); }

    void push(Value value) {
        if (stack_.size() >= widest_stack)
            refuse_damage("has more values on its stack than any state dict needs");
        stack_.push_back(value);
    }

    /// The top of the stack, above the last mark.
    Value& top() {
        if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) refuse_damage("takes from an empty stack");
        return stack_.back();
    }

    Value pop() {
        const Value value = top();
        stack_.pop_back();
        return value;
    }

    /// POP removes a mark where nothing is above it.
    void drop() {
        if (!marks_.empty() && stack_.size() == marks_.back())
            marks_.pop_back();
        else
            pop();
    }

    void mark() {
        if (marks_.size() >= static_cast<std::size_t>(deepest)) {
            refuse(fmt::format("the pickle nests more than {} levels deep: refused", deepest));
        }
        marks_.push_back(stack_.size());
    }

    /// Removes the values above the last mark and passes them to `use`.
    void with_marked(auto&& use) {
        if (marks_.empty()) refuse_damage("has no mark");
        const std::size_t begin = marks_.back();
        marks_.pop_back();
        const std::pmr::vector<Value> items(stack_.begin() + begin, stack_.end(), stack_.get_allocator());
        stack_.resize(begin);
        use(std::span<const Value>(items));
    }

    void remember(std::size_t index) {
        if (index >= memo_.size()) {
            if (index >= Budget::limit / sizeof(Value))
                refuse_damage("uses a memo index that no state dict needs");
            memo_.resize(index + 1);
        }
        if (std::holds_alternative<Unset>(memo_[index])) ++remembered_;
        memo_[index] = top();
    }

    void recall(std::size_t index) {
        if (index >= memo_.size() || std::holds_alternative<Unset>(memo_[index])) {
            refuse_damage("reads a memo entry that was never written");
        }
        push(memo_[index]);
    }

    // Objects.

    void sequence_of_marked(SequenceKind kind) {
        with_marked([&](auto items) { push(objects_.make_sequence(kind, items)); });
    }

    void tuple_of_top(std::size_t size) {
        Value items[3];
        for (std::size_t i = size; i-- > 0;) items[i] = pop();
        push(objects_.make_sequence(SequenceKind::tuple, {items, size}));
    }

    void push_global(std::string_view module, std::string_view name) {
        push(objects_.make(find_global(module, name)));
    }

    void global() {
        const std::string_view module = cursor_.line();
        push_global(module, cursor_.line());
    }

    void stack_global() {
        const Value name = pop();
        const Value module = pop();
        const auto* name_text = std::get_if<Text>(&name);
        const auto* module_text = std::get_if<Text>(&module);
        if (name_text == nullptr || module_text == nullptr)
            refuse_damage("asks for a global whose name is not a text");
        push_global(module_text->characters, name_text->characters);
    }

    /// REDUCE and NEWOBJ: calls the global that is under the arguments on the stack.
    void call_top() {
        const Value arguments = pop();
        top() = objects_.call(top(), arguments);
    }

    void call_top_with_keywords() {
        const Value keywords = pop();
        const Value arguments = pop();
        top() = objects_.call_with_keywords(top(), arguments, keywords);
    }

    void persistent() {
        const Value id = pop();
        const auto* tuple = std::get_if<Sequence*>(&id);
        if (tuple == nullptr) refuse_damage("holds a persistent id that does not name a storage");
        if (const Global* module_class = class_of((*tuple)->items)) return push(module_class);
        const Storage* storage = storage_of((*tuple)->items, memory_);
        storages_->push_back(storage);
        push(storage);
    }

    Value result() {
        const Value value = pop();
        if (!stack_.empty() || !marks_.empty()) refuse_damage("stops with values left over");
        if (const auto* object = std::get_if<Inert*>(&value);
            object != nullptr && (*object)->entries == nullptr)
            refuse_object(*(*object)->global, true);
        if (const auto* global = std::get_if<const Global*>(&value)) refuse_object(**global, true);
        return value;
    }

    [[noreturn]] void refuse_opcode(Opcode opcode);
    bool push_text_or_bytes(Opcode opcode);
    void step(Opcode opcode);

    Cursor cursor_;
    std::pmr::memory_resource* memory_;
    Objects objects_;
    std::pmr::vector<const Storage*>* storages_;
    std::pmr::vector<Value> stack_;
    std::pmr::vector<std::size_t> marks_;
    std::pmr::deque<Value> memo_;
    std::size_t remembered_ = 0;  ///< entries of the memo that were written: the index of MEMOIZE
};

void Machine::refuse_opcode(Opcode opcode) {
    const std::string_view opcode_name = name_of_refused(opcode);
    if (opcode_name.empty()) {
        refuse_damage(fmt::format("holds 0x{:02x}, which is not an opcode,", static_cast<unsigned>(opcode)));
    }
    std::string wish;
    if (opcode == Opcode::INST) {
        const std::string_view module = cursor_.line();
        wish = fmt::format(" (asks for {})", in_quotes(fmt::format("{}.{}", module, cursor_.line())));
    }
    refuse(fmt::format(
        "the pickle holds the opcode {}{}, which torch.save does not write: refused, nothing was run",
        opcode_name, wish));
}

bool Machine::push_text_or_bytes(Opcode opcode) {
    const auto text = [this](std::uint64_t size) { push(Text{as_text(cursor_.take(size))}); };
    const auto opaque = [this](std::uint64_t size) { push(Opaque{as_text(cursor_.take(size))}); };
    switch (opcode) {
        case Opcode::SHORT_BINSTRING:
        case Opcode::SHORT_BINUNICODE: text(cursor_.number<std::uint8_t>()); return true;
        case Opcode::BINSTRING:
        case Opcode::BINUNICODE: text(cursor_.number<std::uint32_t>()); return true;
        case Opcode::BINUNICODE8: text(cursor_.number<std::uint64_t>()); return true;
        case Opcode::SHORT_BINBYTES: opaque(cursor_.number<std::uint8_t>()); return true;
        case Opcode::BINBYTES: opaque(cursor_.number<std::uint32_t>()); return true;
        case Opcode::BINBYTES8:
        case Opcode::BYTEARRAY8: opaque(cursor_.number<std::uint64_t>()); return true;
        default: return false;
    }
}

void Machine::step(Opcode opcode) {
    if (push_text_or_bytes(opcode)) return;
    switch (opcode) {
        case Opcode::PROTO: return cursor_.check_protocol(cursor_.number<std::uint8_t>());
        case Opcode::FRAME: return cursor_.check_frame(cursor_.number<std::uint64_t>());
        case Opcode::MARK: return mark();
        case Opcode::POP: return drop();
        case Opcode::POP_MARK: return with_marked([](auto) {});
        case Opcode::DUP: return push(top());
        case Opcode::NONE: return push(None{});
        case Opcode::NEWTRUE: return push(true);
        case Opcode::NEWFALSE: return push(false);
        case Opcode::BININT: return push(std::int64_t{cursor_.number<std::int32_t>()});
        case Opcode::BININT1: return push(std::int64_t{cursor_.number<std::uint8_t>()});
        case Opcode::BININT2: return push(std::int64_t{cursor_.number<std::uint16_t>()});
        case Opcode::LONG1: return push(cursor_.long_integer(cursor_.number<std::uint8_t>()));
        case Opcode::LONG4: return push(cursor_.long_integer(cursor_.number<std::uint32_t>()));
        case Opcode::BINFLOAT:
            return push(std::bit_cast<double>(__builtin_bswap64(cursor_.number<std::uint64_t>())));
        case Opcode::EMPTY_TUPLE: return push(objects_.make_sequence(SequenceKind::tuple, {}));
        case Opcode::EMPTY_LIST: return push(objects_.make_sequence(SequenceKind::list, {}));
        case Opcode::EMPTY_SET: return push(objects_.make_sequence(SequenceKind::set, {}));
        case Opcode::EMPTY_DICT: return push(objects_.make_dict());
        case Opcode::TUPLE: return sequence_of_marked(SequenceKind::tuple);
        case Opcode::FROZENSET: return sequence_of_marked(SequenceKind::set);
        case Opcode::TUPLE1: return tuple_of_top(1);
        case Opcode::TUPLE2: return tuple_of_top(2);
        case Opcode::TUPLE3: return tuple_of_top(3);
        case Opcode::APPEND: {
            const Value item = pop();
            return objects_.append(top(), {&item, 1});
        }
        case Opcode::APPENDS: return with_marked([this](auto items) { objects_.append(top(), items); });
        case Opcode::ADDITEMS: return with_marked([this](auto items) { objects_.add(top(), items); });
        case Opcode::SETITEM: {
            Value items[2];
            items[1] = pop();
            items[0] = pop();
            return objects_.set_items(top(), items);
        }
        case Opcode::SETITEMS: return with_marked([this](auto items) { objects_.set_items(top(), items); });
        case Opcode::BINPUT: return remember(cursor_.number<std::uint8_t>());
        case Opcode::LONG_BINPUT: return remember(cursor_.number<std::uint32_t>());
        case Opcode::MEMOIZE: return remember(remembered_);
        case Opcode::BINGET: return recall(cursor_.number<std::uint8_t>());
        case Opcode::LONG_BINGET: return recall(cursor_.number<std::uint32_t>());
        case Opcode::GLOBAL: return global();
        case Opcode::STACK_GLOBAL: return stack_global();
        case Opcode::REDUCE:
        case Opcode::NEWOBJ: return call_top();
        case Opcode::NEWOBJ_EX: return call_top_with_keywords();
        case Opcode::BUILD: {
            const Value state = pop();
            return objects_.set_state(top(), state);
        }
        case Opcode::BINPERSID: return persistent();
        default: refuse_opcode(opcode);
    }
}

}  // namespace

const Value* Dict::find(std::string_view key) const {
    for (auto entry = items.rbegin(); entry != items.rend(); ++entry) {
        const auto* text = std::get_if<Text>(&entry->first);
        if (text != nullptr && text->characters == key) return &entry->second;
    }
    return nullptr;
}

Document read(std::span<const std::byte> bytes) {
    Document document;
    document.budget = std::make_unique<Budget>();
    document.memory = std::make_unique<std::pmr::monotonic_buffer_resource>(document.budget.get());
    Machine machine(bytes, document.budget.get(), document.memory.get());
    document.root = machine.run();
    document.storages = machine.storages();
    document.size = machine.position();
    return document;
}

}  // namespace imnet::pickle
