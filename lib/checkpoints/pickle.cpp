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
#include "checkpoints/pickle_opcodes.h"
#include "checkpoints/refusals.h"

namespace imnet::pickle {
namespace {

constexpr std::size_t widest_stack = 1 << 17;
constexpr int deepest = 1000;  // Python's recursion limit, which no pickler exceeds

int depth_of(const Value& value) {
    if (const auto* sequence = std::get_if<Sequence*>(&value)) return (*sequence)->depth;
    if (const auto* dict = std::get_if<Dict*>(&value)) return (*dict)->depth;
    return 0;
}

/// Updates the depth of a container that has got new items.
void deepen(int& depth, std::span<const Value> items) {
    for (const Value& item : items) depth = std::max(depth, 1 + depth_of(item));
    if (depth > deepest) refuse(fmt::format("the pickle nests more than {} levels deep: refused", deepest));
}

class Machine {
public:
    Machine(std::span<const std::byte> bytes, std::pmr::memory_resource* budget,
            std::pmr::memory_resource* memory)
        : cursor_(bytes), memory_(memory), stack_(budget), marks_(budget), memo_(budget) {
        storages_ = make(std::pmr::vector<const Storage*>(memory));
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

    template <typename T>
    T& top_as(std::string_view otherwise) {
        T* value = std::get_if<T>(&top());
        if (value == nullptr) refuse_damage(otherwise);
        return *value;
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
        memo_[index] = top();
    }

    void recall(std::size_t index) {
        if (index >= memo_.size() || std::holds_alternative<Unset>(memo_[index])) {
            refuse_damage("reads a memo entry that was never written");
        }
        push(memo_[index]);
    }

    // Objects.

    template <typename T>
    T* make(T value) {
        std::pmr::polymorphic_allocator<> allocator(memory_);
        return new (allocator.allocate_object<T>()) T(std::move(value));
    }

    Sequence* make_sequence(SequenceKind kind, std::span<const Value> items) {
        Sequence sequence{.kind = kind, .items = {items.begin(), items.end(), memory_}};
        deepen(sequence.depth, items);
        return make(std::move(sequence));
    }

    void tuple_of_top(std::size_t size) {
        Value items[3];
        for (std::size_t i = size; i-- > 0;) items[i] = pop();
        push(make_sequence(SequenceKind::tuple, {items, size}));
    }

    void append(std::span<const Value> items) {
        Sequence& list = *top_as<Sequence*>("appends to a value that is not a list");
        if (list.kind != SequenceKind::list) refuse_damage("appends to a value that is not a list");
        list.items.insert(list.items.end(), items.begin(), items.end());
        deepen(list.depth, items);
    }

    void set_items(std::span<const Value> items) {
        Dict& dict = *top_as<Dict*>("sets an item of a value that is not a dict");
        if (items.size() % 2 != 0) refuse_damage("sets a key without a value");
        for (std::size_t i = 0; i < items.size(); i += 2) dict.items.emplace_back(items[i], items[i + 1]);
        deepen(dict.depth, items);
    }

    void global() {
        const std::string_view module = cursor_.line();
        const std::string_view name = cursor_.line();
        push(make(allowed_global(module, name, stack_.empty())));
    }

    /// REDUCE and NEWOBJ: calls the global that is under the arguments on the stack.
    void call_top() {
        const Value arguments = pop();
        const auto* tuple = std::get_if<Sequence*>(&arguments);
        if (tuple == nullptr || (*tuple)->kind != SequenceKind::tuple) refuse_damage("calls without a tuple");
        const Global& function = *top_as<const Global*>("calls a value that is not a function");
        top() = call(function, (*tuple)->items, memory_);
    }

    void build() {
        const Value state = pop();
        if (auto* tensor = std::get_if<Tensor*>(&top())) {
            set_state(**tensor, state);
        } else if (!std::holds_alternative<Dict*>(top())) {  // the attributes of a dict do not matter here
            refuse_damage("sets the state (BUILD) of a value that is neither a tensor nor an ordered dict");
        }
    }

    void persistent() {
        const Value id = pop();
        const auto* tuple = std::get_if<Sequence*>(&id);
        if (tuple == nullptr) refuse_damage("holds a persistent id that does not name a storage");
        const Storage* storage = storage_of((*tuple)->items, memory_);
        storages_->push_back(storage);
        push(storage);
    }

    Value result() {
        const Value value = pop();
        if (!stack_.empty() || !marks_.empty()) refuse_damage("stops with values left over");
        return value;
    }

    [[noreturn]] void refuse_opcode(Opcode opcode);
    void step(Opcode opcode);

    Cursor cursor_;
    std::pmr::memory_resource* memory_;
    std::pmr::vector<const Storage*>* storages_;
    std::pmr::vector<Value> stack_;
    std::pmr::vector<std::size_t> marks_;
    std::pmr::deque<Value> memo_;
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
    if (opcode == Opcode::STACK_GLOBAL && stack_.size() >= 2) {
        const auto* module = std::get_if<Text>(&stack_[stack_.size() - 2]);
        const auto* name = std::get_if<Text>(&stack_.back());
        if (module != nullptr && name != nullptr) {
            wish = fmt::format(" (asks for {})",
                               in_quotes(fmt::format("{}.{}", module->characters, name->characters)));
        }
    }
    refuse(fmt::format(
        "the pickle holds the opcode {}{}, which torch.save does not write: refused, nothing was run",
        opcode_name, wish));
}

void Machine::step(Opcode opcode) {
    switch (opcode) {
        case Opcode::PROTO: cursor_.take(1); return;
        case Opcode::MARK: return mark();
        case Opcode::NONE: return push(None{});
        case Opcode::NEWTRUE: return push(true);
        case Opcode::NEWFALSE: return push(false);
        case Opcode::BININT: return push(std::int64_t{cursor_.number<std::int32_t>()});
        case Opcode::BININT1: return push(std::int64_t{cursor_.number<std::uint8_t>()});
        case Opcode::BININT2: return push(std::int64_t{cursor_.number<std::uint16_t>()});
        case Opcode::LONG1: return push(cursor_.long_integer(cursor_.number<std::uint8_t>()));
        case Opcode::BINFLOAT:
            return push(std::bit_cast<double>(__builtin_bswap64(cursor_.number<std::uint64_t>())));
        case Opcode::BINUNICODE:
        case Opcode::BINSTRING: return push(Text{as_text(cursor_.take(cursor_.number<std::uint32_t>()))});
        case Opcode::SHORT_BINSTRING:
            return push(Text{as_text(cursor_.take(cursor_.number<std::uint8_t>()))});
        case Opcode::EMPTY_TUPLE: return push(make_sequence(SequenceKind::tuple, {}));
        case Opcode::EMPTY_LIST: return push(make_sequence(SequenceKind::list, {}));
        case Opcode::EMPTY_SET: return push(make_sequence(SequenceKind::set, {}));
        case Opcode::EMPTY_DICT: return push(make(Dict{.items = decltype(Dict::items)(memory_)}));
        case Opcode::TUPLE:
            return with_marked([this](auto items) { push(make_sequence(SequenceKind::tuple, items)); });
        case Opcode::TUPLE1: return tuple_of_top(1);
        case Opcode::TUPLE2: return tuple_of_top(2);
        case Opcode::TUPLE3: return tuple_of_top(3);
        case Opcode::APPEND: {
            const Value item = pop();
            return append({&item, 1});
        }
        case Opcode::APPENDS: return with_marked([this](auto items) { append(items); });
        case Opcode::SETITEM: {
            Value items[2];
            items[1] = pop();
            items[0] = pop();
            return set_items(items);
        }
        case Opcode::SETITEMS: return with_marked([this](auto items) { set_items(items); });
        case Opcode::BINPUT: return remember(cursor_.number<std::uint8_t>());
        case Opcode::LONG_BINPUT: return remember(cursor_.number<std::uint32_t>());
        case Opcode::BINGET: return recall(cursor_.number<std::uint8_t>());
        case Opcode::LONG_BINGET: return recall(cursor_.number<std::uint32_t>());
        case Opcode::GLOBAL: return global();
        case Opcode::REDUCE:
        case Opcode::NEWOBJ: return call_top();
        case Opcode::BUILD: return build();
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
