#include "base/utf8.h"

#include <cstddef>
#include <cstdint>

namespace imnet {
namespace {

struct Lead {
    std::size_t length;
    std::uint32_t smallest;  // code points below are overlong
    std::uint32_t bits;      // what the first byte contributes
};

Lead read_lead(unsigned char byte) {
    if (byte < 0x80) return {1, 0, byte};
    if ((byte & 0xE0U) == 0xC0) return {2, 0x80, byte & 0x1FU};
    if ((byte & 0xF0U) == 0xE0) return {3, 0x800, byte & 0x0FU};
    if ((byte & 0xF8U) == 0xF0) return {4, 0x10000, byte & 0x07U};
    return {0, 0, 0};
}

// Length of the well-formed sequence at the front, 0 where there is none.
std::size_t sequence_length(std::string_view bytes, std::uint32_t& code_point) {
    const Lead lead = read_lead(static_cast<unsigned char>(bytes.front()));
    if (lead.length == 0 || lead.length > bytes.size()) return 0;
    code_point = lead.bits;
    for (std::size_t i = 1; i < lead.length; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if ((byte & 0xC0U) != 0x80) return 0;
        code_point = code_point << 6U | (byte & 0x3FU);
    }
    const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (code_point < lead.smallest || code_point > 0x10FFFF || surrogate) return 0;
    return lead.length;
}

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace

bool is_utf8(std::string_view bytes) {
    std::uint32_t code_point = 0;
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes, code_point);
        if (length == 0) return false;
        bytes.remove_prefix(length);
    }
    return true;
}

std::string replace_invalid_utf8(std::string_view bytes) {
    std::string text;
    std::uint32_t code_point = 0;
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes, code_point);
        text += length == 0 ? replacement : bytes.substr(0, length);
        bytes.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

std::string sanitise_for_terminal(std::string_view bytes) {
    std::string text;
    std::uint32_t code_point = 0;
    while (!bytes.empty()) {
        const std::size_t length = sequence_length(bytes, code_point);
        const bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
        if (length == 0) {
            text += replacement;
        } else {
            text += control ? std::string_view("?") : bytes.substr(0, length);
        }
        bytes.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

std::string_view whole_characters(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80) --most;
    return text.substr(0, most);
}

}  // namespace imnet
