// For modules whose libraries print on standard error and have no handler for that: Debian's libjxl prints
// every failure, and dav1d, beneath libheif, what is wrong with a stream. Such a module is loaded with
// RTLD_DEEPBIND, so that its libraries find these functions before those of the C library. They print
// nothing; libjxl's first reason is kept for the row.
#include "codecs/printed/messages.h"

#include <cstdarg>
#include <cstdio>
#include <string_view>

#include "base/loaded_module.h"

namespace imnet {
namespace {

thread_local std::string first_message;

// A failure looks like "./lib/jxl/fields.cc:840: JXL_FAILURE: F16 infinity or NaN are not supported".
int keep_message(const char* format, va_list arguments) {
    constexpr std::string_view mark = "JXL_FAILURE: ";
    char text[256] = "";
    const int length = std::vsnprintf(text, sizeof text, format, arguments);
    const std::string_view message(text);
    const auto start = message.find(mark);
    if (first_message.empty() && start != std::string_view::npos) {
        first_message = message.substr(start + mark.size());
        while (first_message.ends_with('\n')) first_message.pop_back();
    }
    return length;
}

}  // namespace

void forget_printed_messages() { first_message.clear(); }

std::string first_printed_failure() { return first_message; }

}  // namespace imnet

IMNET_MODULE_FUNCTION int __fprintf_chk(std::FILE*, int, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = imnet::keep_message(format, arguments);
    va_end(arguments);
    return length;
}

IMNET_MODULE_FUNCTION int __printf_chk(int, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = imnet::keep_message(format, arguments);
    va_end(arguments);
    return length;
}

IMNET_MODULE_FUNCTION int __vfprintf_chk(std::FILE*, int, const char* format, va_list arguments) {
    return imnet::keep_message(format, arguments);
}
