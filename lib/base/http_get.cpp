#include "base/http_get.h"

#ifdef IMNET_CURL

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>

#include <curl/curl.h>
#include <fmt/format.h>

#include "base/sha256.h"

namespace imnet {
namespace {

constexpr long connect_seconds = 20;
constexpr long least_bytes_a_second = 1;
constexpr long most_redirects = 10;

struct CloseHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

std::uint64_t number(std::string_view digits) {
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

// What libcurl's callbacks learn about one request. An exception must not pass through C code, so one
// that a callback throws is kept here until libcurl returns.
struct Exchange {
    CURL* handle = nullptr;
    const std::function<void(const HttpBody&)>& begin;
    const std::function<void(std::span<const std::byte>)>& receive;
    HttpBody body;
    bool has_range = false;  // the answer has a Content-Range
    bool begun = false;
    std::string linked_sha256;  // Hugging Face states it in its redirect, before the answer with the file
    std::exception_ptr error;

    void read_header(std::string_view line);
    void begin_once();
};

// "Content-Range: bytes 100-999/1000", or "bytes */1000" if the range starts after the end of the file.
void Exchange::read_header(std::string_view line) {
    if (line.starts_with("HTTP/")) {  // each redirect is an answer with headers of its own
        body = {};
        has_range = false;
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
    if (name == "etag" && !value.starts_with("W/"))
        body.entity_tag = value;  // a weak tag does not identify the bytes
    if (name == "x-linked-etag" && value.size() == 66 && is_sha256(value.substr(1, 64))) {
        linked_sha256 = value.substr(1, 64);  // in quotes, as every tag is
    }
    if (name == "content-range" && value.starts_with("bytes ")) {
        has_range = true;
        body.start = number(value.substr(6));
        const std::size_t slash = value.find('/');
        if (slash != std::string_view::npos) body.total = number(value.substr(slash + 1));
    }
}

void Exchange::begin_once() {
    if (begun) return;
    begun = true;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (status != 206 || !has_range) {
        curl_off_t length = -1;
        curl_easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        body.start = 0;
        body.total = length > 0 ? static_cast<std::uint64_t>(length) : 0;
    }
    body.sha256 = linked_sha256;
    begin(body);
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* exchange) {
    static_cast<Exchange*>(exchange)->read_header({data, size});
    return size;
}

std::size_t on_bytes(char* data, std::size_t, std::size_t size, void* user) {
    auto& exchange = *static_cast<Exchange*>(user);
    try {
        exchange.begin_once();
        exchange.receive(std::as_bytes(std::span(data, size)));
        return size;
    } catch (...) {
        exchange.error = std::current_exception();
        return 0;  // libcurl takes this for an error
    }
}

// libcurl reads the proxies from the environment itself. The variables for certificates are read by the
// curl program only, so they are read here, too.
void use_certificates_of_environment(CURL* handle) {
    const auto variable = [](const char* name) -> const char* {
        const char* value = std::getenv(name);
        return value != nullptr && *value != '\0' ? value : nullptr;
    };
    if (const char* bundle = variable("CURL_CA_BUNDLE")) {
        curl_easy_setopt(handle, CURLOPT_CAINFO, bundle);
        return;
    }
    if (const char* folder = variable("SSL_CERT_DIR")) curl_easy_setopt(handle, CURLOPT_CAPATH, folder);
    if (const char* file = variable("SSL_CERT_FILE")) curl_easy_setopt(handle, CURLOPT_CAINFO, file);
}

// A redirect must not lead from https to http, where anybody on the way could change the bytes.
void allow_only_http(CURL* handle, bool secure) {
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
#else
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS,
                     static_cast<long>(secure ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

HeaderList prepare(CURL* handle, const HttpRequest& request) {
    curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
    allow_only_http(handle, request.url.starts_with("https:"));
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, most_redirects);
    curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "imnet");
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, least_bytes_a_second);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.patience.count()));
    use_certificates_of_environment(handle);
    if (request.from == 0) return nullptr;
    // Not CURLOPT_RESUME_FROM, which takes an answer with the whole file for an error.
    curl_easy_setopt(handle, CURLOPT_RANGE, fmt::format("{}-", request.from).c_str());
    if (request.entity_tag.empty()) return nullptr;
    HeaderList headers(curl_slist_append(nullptr, ("If-Range: " + request.entity_tag).c_str()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
    return headers;
}

HttpOutcome outcome_of_status(long status, const HttpRequest& request) {
    if (status == 416 && request.from > 0) return HttpOutcome::past_the_end;
    constexpr std::array passing{408L, 429L, 500L, 502L, 503L, 504L};
    const bool passes = std::find(passing.begin(), passing.end(), status) != passing.end();
    return passes ? HttpOutcome::cut : HttpOutcome::refused;
}

HttpOutcome outcome_of(CURLcode code, CURL* handle, const HttpRequest& request) {
    switch (code) {
        case CURLE_OK: return HttpOutcome::complete;
        case CURLE_HTTP_RETURNED_ERROR: {
            long status = 0;
            curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
            return outcome_of_status(status, request);
        }
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR: return HttpOutcome::unreachable;
        case CURLE_OPERATION_TIMEDOUT: {
            curl_off_t connected = 0;
            curl_easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME_T, &connected);
            return connected > 0 ? HttpOutcome::cut : HttpOutcome::unreachable;
        }
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM: return HttpOutcome::cut;
        default: return HttpOutcome::refused;
    }
}

std::string describe(CURLcode code, CURL* handle, std::string_view details, const HttpRequest& request) {
    if (code == CURLE_OK) return "";
    if (code == CURLE_HTTP_RETURNED_ERROR) {
        long status = 0;
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
        const std::string_view meaning = status == 404   ? " (not found)"
                                         : status == 403 ? " (forbidden)"
                                         : status == 401 ? " (needs a login)"
                                         : status == 407 ? " (the proxy needs a login)"
                                                         : "";
        return fmt::format("the server answered {}{}", status, meaning);
    }
    if (code == CURLE_PARTIAL_FILE) return "the connection was cut";
    if (code == CURLE_OPERATION_TIMEDOUT && outcome_of(code, handle, request) == HttpOutcome::cut) {
        return fmt::format("nothing came for {} s", request.patience.count());
    }
    return std::string(details.empty() ? curl_easy_strerror(code) : details);
}

}  // namespace

HttpResult http_get(const HttpRequest& request, const std::function<void(const HttpBody&)>& begin,
                    const std::function<void(std::span<const std::byte>)>& receive) {
    const Handle handle(curl_easy_init());
    if (!handle) return {HttpOutcome::refused, "libcurl cannot be started", 0};
    const HeaderList headers = prepare(handle.get(), request);
    Exchange exchange{handle.get(), begin, receive, {}, false, false, {}, nullptr};
    std::array<char, CURL_ERROR_SIZE> details{};
    curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, details.data());
    curl_easy_setopt(handle.get(), CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &exchange);

    const CURLcode code = curl_easy_perform(handle.get());
    if (exchange.error) std::rethrow_exception(exchange.error);
    if (code == CURLE_OK) exchange.begin_once();  // a body without bytes
    return {outcome_of(code, handle.get(), request), describe(code, handle.get(), details.data(), request),
            exchange.body.total};
}

bool has_libcurl() { return true; }

}  // namespace imnet

#else  // IMNET_CURL

namespace imnet {

HttpResult http_get(const HttpRequest&, const std::function<void(const HttpBody&)>&,
                    const std::function<void(std::span<const std::byte>)>&) {
    return {HttpOutcome::refused, "this build of imnet has no libcurl", 0};
}

bool has_libcurl() { return false; }

}  // namespace imnet

#endif  // IMNET_CURL
