// One GET over HTTP or HTTPS, with libcurl: redirects, proxies and certificates as curl's users expect.
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
    /// Where above 0, only the bytes from here on are asked for.
    std::uint64_t from = 0;
    /// With `from`: a server whose file no longer has this tag sends it whole. Empty to ask for none.
    std::string entity_tag;
    /// The request fails where for so long next to nothing arrives.
    std::chrono::seconds patience{30};
};

/// What the server says before the bytes.
struct HttpBody {
    std::uint64_t start = 0;  ///< where in the file the first byte that comes belongs
    std::uint64_t total = 0;  ///< bytes of the whole file, 0 where it is not said
    std::string entity_tag;   ///< names this version of the file; empty where there is no such tag
};

enum class HttpOutcome {
    complete,      ///< all bytes that were promised have come
    past_the_end,  ///< the file ends before `from`, or there
    cut,           ///< the server may do better if asked again
    unreachable,   ///< there was no connection
    refused,       ///< asking again is of no use
};

struct HttpResult {
    HttpOutcome outcome = HttpOutcome::refused;
    std::string message;      ///< one line, where it is not complete
    std::uint64_t total = 0;  ///< bytes of the whole file, 0 where it is not said
};

/// Calls `begin` once, before the first byte, and `receive` for each run of bytes. What they throw
/// ends the request and comes out of here. In a build without libcurl each request is refused.
HttpResult http_get(const HttpRequest& request, const std::function<void(const HttpBody&)>& begin,
                    const std::function<void(std::span<const std::byte>)>& receive);

/// Whether this build can make requests at all.
bool has_libcurl();

}  // namespace imnet
