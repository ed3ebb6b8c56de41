// One GET request over HTTP or HTTPS with libcurl. Redirects, proxies and certificates work as in curl.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace imnet {

struct HttpRequest {
    std::string url;
    /// Ask only for the bytes from this offset on; 0 asks for the whole file.
    std::uint64_t from = 0;
    /// With `from`: if the tag of the file is no longer this one, the server sends the whole file. May be
    /// empty.
    std::string entity_tag;
    /// The request fails where almost nothing arrives for this long.
    std::chrono::seconds patience{30};
};

/// What the server states before the bytes.
struct HttpBody {
    std::uint64_t start = 0;  ///< offset in the file of the first byte that comes
    std::uint64_t total = 0;  ///< bytes of the whole file, 0 where the server does not state it
    std::string entity_tag;   ///< identifies this version of the file; empty where there is no such tag
    std::string sha256;       ///< of the whole file, where Hugging Face states it (X-Linked-ETag); else empty
};

enum class HttpOutcome {
    complete,      ///< all announced bytes have come
    past_the_end,  ///< the file ends at `from` or before it
    cut,           ///< another attempt may succeed
    unreachable,   ///< there was no connection
    refused,       ///< another attempt will not help
};

struct HttpResult {
    HttpOutcome outcome = HttpOutcome::refused;
    std::string message;      ///< one line, where it is not complete
    std::uint64_t total = 0;  ///< bytes of the whole file, 0 where the server does not state it
};

/// Calls `begin` once, before the first byte, and `receive` for each piece of the file. An exception
/// from either ends the request and is rethrown. In a build without libcurl each request is refused.
HttpResult http_get(const HttpRequest& request, const std::function<void(const HttpBody&)>& begin,
                    const std::function<void(std::span<const std::byte>)>& receive);

/// Whether this build can make requests.
bool has_libcurl();

}  // namespace imnet
