#include "checkpoints/safetensors.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "checkpoints/refusals.h"
#include "checkpoints/tensor_views.h"

namespace imnet {
namespace {

constexpr std::size_t length_size = 8;
constexpr std::uint64_t longest_header = 100'000'000;
constexpr std::string_view metadata_key = "__metadata__";
constexpr std::size_t longest_token = 1 << 20;
constexpr std::size_t most_metadata = 8 << 20;

constexpr std::pair<std::string_view, DType> dtypes[] = {
    {"F64", DType::float64}, {"F32", DType::float32},  {"F16", DType::float16}, {"BF16", DType::bfloat16},
    {"I64", DType::int64},   {"I32", DType::int32},    {"I16", DType::int16},   {"I8", DType::int8},
    {"U8", DType::uint8},    {"BOOL", DType::boolean},
};

[[noreturn]] void refuse_header(std::string_view what) {
    refuse(fmt::format("its safetensors header {}: the file is damaged or hostile", what));
}

[[noreturn]] void refuse_tensor(std::string_view name, std::string_view what) {
    refuse(fmt::format("the tensor {} {}: the file is damaged or hostile", in_quotes(name), what));
}

DType dtype_of(std::string_view code, std::string_view name) {
    for (const auto& [known, dtype] : dtypes) {
        if (known == code) return dtype;
    }
    refuse(fmt::format("the tensor {} is of type {}, which is not read: save it as F32", in_quotes(name),
                       in_quotes(code)));
}

/// A tensor's entry in the header; it may be read only in part.
struct Entry {
    std::string name;
    std::optional<DType> dtype;
    std::optional<std::vector<std::int64_t>> shape;
    std::optional<std::vector<std::int64_t>> offsets;
};

/// The range of the tensor's bytes, counted from the end of the header.
struct Range {
    std::uint64_t begin;
    std::uint64_t end;
    std::size_t tensor;
};

/// Handles the header while it is parsed, so that a hostile header is never built as a tree in memory.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
public:
    HeaderReader(std::span<const std::byte> data, StateDict& result) : data_(data), result_(result) {}

    bool start_object(std::size_t) override {
        if (place_ == Place::outside) {
            place_ = Place::header;
        } else if (place_ == Place::header && key_ == metadata_key) {
            place_ = Place::metadata;
        } else if (place_ == Place::header) {
            place_ = Place::tensor;
            entry_ = Entry();
            entry_.name = key_;
        } else {
            refuse_header("has an object where none is allowed");
        }
        return true;
    }

    bool end_object() override {
        if (place_ == Place::tensor) finish_tensor();
        place_ = place_ == Place::header ? Place::outside : Place::header;
        return true;
    }

    bool key(string_t& text) override {
        key_ = text;
        if (place_ == Place::header) {
            if (key_ != metadata_key) check_tensor_name(key_);
            if (!names_.insert(key_).second)
                refuse_header(fmt::format("holds the key {} twice", in_quotes(key_)));
        } else if (place_ == Place::metadata) {
            if (!metadata_keys_.insert(key_).second) {
                refuse_header(fmt::format("holds the metadata {} twice", in_quotes(key_)));
            }
        }
        return true;
    }

    bool string(string_t& text) override {
        if (place_ == Place::metadata) {
            metadata_size_ += key_.size() + text.size();
            if (metadata_size_ > most_metadata) refuse_header("holds more than 8 MB of metadata");
            result_.metadata.emplace_back(key_, text);
        } else if (place_ == Place::tensor && key_ == "dtype") {
            if (entry_.dtype) refuse_twice();
            entry_.dtype = dtype_of(text, entry_.name);
        } else {
            refuse_value();
        }
        return true;
    }

    bool start_array(std::size_t) override {
        if (place_ != Place::tensor) refuse_value();
        if (key_ == "shape") {
            if (entry_.shape) refuse_twice();
            numbers_ = &entry_.shape.emplace();
        } else if (key_ == "data_offsets") {
            if (entry_.offsets) refuse_twice();
            numbers_ = &entry_.offsets.emplace();
        } else {
            refuse_value();
        }
        place_ = Place::numbers;
        return true;
    }

    bool end_array() override {
        place_ = Place::tensor;
        return true;
    }

    bool number_unsigned(std::uint64_t value) override {
        constexpr std::size_t most_numbers = 16;
        if (place_ != Place::numbers) refuse_value();
        if (value > static_cast<std::uint64_t>(INT64_MAX))
            refuse_tensor(entry_.name, "has a size that overflows");
        if (numbers_->size() >= most_numbers) refuse_tensor(entry_.name, "has more than 16 dimensions");
        numbers_->push_back(static_cast<std::int64_t>(value));
        return true;
    }

    bool null() override { refuse_value(); }
    bool boolean(bool) override { refuse_value(); }
    bool number_integer(std::int64_t) override { refuse_value(); }
    bool number_float(double, const string_t&) override { refuse_value(); }
    bool binary(binary_t&) override { refuse_value(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        refuse_header(fmt::format("is not JSON at byte {}", position));
    }

    /// Each tensor must begin where the previous one ends, and the last must end with the file.
    void check_ranges() {
        std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) {
            return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
        });
        std::uint64_t end = 0;
        for (const Range& range : ranges_) {
            if (range.begin != end) {
                refuse_tensor(result_.tensors[range.tensor].first,
                              "does not begin where the one before it ends");
            }
            end = range.end;
        }
        if (end != data_.size()) {
            refuse(fmt::format(
                "the tensors take {} bytes, but {} follow the header: the file is truncated or damaged: copy "
                "or download it again",
                end, data_.size()));
        }
    }

private:
    enum class Place { outside, header, metadata, tensor, numbers };

    [[noreturn]] void refuse_value() {
        refuse_header(fmt::format("holds a value of the wrong type under {}", in_quotes(key_)));
    }
    [[noreturn]] void refuse_twice() {
        refuse_tensor(entry_.name, fmt::format("has {} twice", in_quotes(key_)));
    }

    void finish_tensor() {
        const std::string& name = entry_.name;
        if (!entry_.dtype || !entry_.shape || !entry_.offsets || entry_.offsets->size() != 2) {
            refuse_tensor(name, "lacks its dtype, shape or two data_offsets");
        }
        if (result_.tensors.size() >= most_tensors)
            refuse(fmt::format("it holds more than {} tensors", most_tensors));
        const auto begin = static_cast<std::uint64_t>((*entry_.offsets)[0]);
        const auto end = static_cast<std::uint64_t>((*entry_.offsets)[1]);
        std::int64_t size = 0;
        if (__builtin_mul_overflow(checked_element_count(*entry_.shape, name), size_of(*entry_.dtype),
                                   &size)) {
            refuse_tensor(name, "has a size that overflows");
        }
        if (begin > end || end - begin != static_cast<std::uint64_t>(size)) {
            refuse_tensor(name, "has another size than its shape and dtype give");
        }
        if (end > data_.size()) {
            refuse(
                fmt::format("the tensor {} ends {} bytes beyond the end of the file, which is truncated: "
                            "copy or download it again",
                            in_quotes(name), end - data_.size()));
        }
        ranges_.push_back({begin, end, result_.tensors.size()});
        TensorView view{.dtype = *entry_.dtype,
                        .shape = std::move(*entry_.shape),
                        .strides = {},
                        .bytes = data_.subspan(begin, end - begin)};
        view.strides = contiguous_strides(view.shape);
        result_.tensors.emplace_back(std::move(entry_.name), std::move(view));
    }

    std::span<const std::byte> data_;
    StateDict& result_;
    Place place_ = Place::outside;
    std::string key_;
    Entry entry_;
    std::vector<std::int64_t>* numbers_ = nullptr;
    std::vector<Range> ranges_;
    std::unordered_set<std::string> names_;
    std::unordered_set<std::string> metadata_keys_;
    std::size_t metadata_size_ = 0;
};

/// The parser keeps one text or number in memory, so their length is limited.
void check_tokens(std::string_view header) {
    std::size_t last_quote = 0;
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (header[i] == '\\') {
            ++i;  // skips the escaped character
        } else if (header[i] == '"') {
            last_quote = i;
        }
        if (i - last_quote > longest_token) refuse_header("holds a text that is longer than 1 MB");
    }
}

}  // namespace

bool is_safetensors(std::span<const std::byte> file) {
    if (file.size() <= length_size || file[length_size] != std::byte{'{'}) return false;
    return load<std::uint64_t>(file, 0) >> 40 == 0;  // in text these bytes are not zero
}

StateDict read_safetensors(std::span<const std::byte> file) {
    if (!is_safetensors(file)) refuse_header("does not start with its length and '{'");
    const auto length = load<std::uint64_t>(file, 0);
    if (length > longest_header) refuse_header("is longer than 100,000,000 bytes");
    if (!fits(length_size, length, file.size())) {
        refuse(
            fmt::format("its safetensors header has {} bytes, but the file ends after {}: it is truncated: "
                        "copy or download it again",
                        length, file.size() - length_size));
    }
    StateDict result;
    result.container = "safetensors";
    HeaderReader reader(file.subspan(length_size + length), result);
    const std::string_view header = as_text(file.subspan(length_size, length));
    check_tokens(header);
    nlohmann::json::sax_parse(header, &reader);
    reader.check_ranges();
    return result;
}

}  // namespace imnet
