#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/random.hpp"
#include "common/secret.hpp"

namespace notify::agent::auth {

/// An API key taken apart: `nk_` id `_` 43 base64url characters, split at the last 43.
/// Lifetime: views the text that was parsed.
struct ApiKeyParts {
  std::string_view id;
  std::string_view secret;
};

/// Nothing where `text` is not such a key. An id has 1 to 64 of `[A-Za-z0-9_-]`. Does not allocate.
std::optional<ApiKeyParts> ParseApiKey(std::string_view text);

/// A new key with this id and 256 random bits. `id` must have the grammar of an id.
Secret NewApiKey(std::string_view id, Random& random);

/// A new id: the tenant's name, `-`, and 8 random characters of `[a-z2-7]`.
std::string NewApiKeyId(std::string_view tenant, Random& random);

/// What is stored of a key, 32 bytes: SHA-256 of the whole text. A key has 256 random bits, so a
/// slow hash would protect nothing.
std::string ApiKeyDigest(std::string_view key);

/// Whether `key` is the one with this digest, in a time that depends on the lengths only.
bool IsApiKeyOf(std::string_view key, std::string_view digest);

}  // namespace notify::agent::auth
