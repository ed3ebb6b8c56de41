#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace imnet {

/// The SHA-256 of the bytes as 64 lower-case hexadecimal digits.
std::string sha256(std::span<const std::byte> bytes);
std::string sha256(std::string_view text);

/// Whether the text is a whole SHA-256: 64 lower-case hexadecimal digits.
bool is_sha256(std::string_view text);

/// The 32 bytes of the SHA-256.
std::array<unsigned char, 32> sha256_bytes(std::string_view text);

/// A SHA-256 over bytes that are added piece by piece.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void add(std::string_view bytes);

    /// 64 lower-case hexadecimal digits; call it once, after the last `add`.
    std::string digits();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace imnet
