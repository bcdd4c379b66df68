#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace notify {

/// base64url without padding (RFC 4648 5).
std::string ToBase64Url(std::string_view bytes);
/// Nothing where `text` is not base64url without padding.
std::optional<std::string> FromBase64Url(std::string_view text);

/// base64 with padding (RFC 4648 4).
std::string ToBase64(std::string_view bytes);
/// Nothing where `text` is not base64 with padding.
std::optional<std::string> FromBase64(std::string_view text);

/// Lower-case hexadecimal.
std::string ToHex(std::string_view bytes);

/// SHA-256 of `bytes`, 32 bytes.
std::string Sha256(std::string_view bytes);
/// HMAC-SHA-256, 32 bytes.
std::string HmacSha256(std::string_view key, std::string_view message);

}  // namespace notify
