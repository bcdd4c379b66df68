#include "agent/auth/api_key.hpp"

#include <algorithm>
#include <array>

#include "common/encoding.hpp"

namespace notify::agent::auth {
namespace {

constexpr std::string_view kPrefix = "nk_";
constexpr std::size_t kSecretChars = 43;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMaxId = 64;

bool IsKeyChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

}  // namespace

std::optional<ApiKeyParts> ParseApiKey(std::string_view text) {
  if (!text.starts_with(kPrefix) || text.size() < kPrefix.size() + 1 + 1 + kSecretChars) return {};
  if (!std::ranges::all_of(text, IsKeyChar)) return std::nullopt;
  const auto secret = text.substr(text.size() - kSecretChars);
  auto id = text.substr(kPrefix.size(), text.size() - kPrefix.size() - kSecretChars);
  if (!id.ends_with('_')) return std::nullopt;
  id.remove_suffix(1);
  if (id.size() > kMaxId) return std::nullopt;
  return ApiKeyParts{id, secret};
}

Secret NewApiKey(std::string_view id, Random& random) {
  std::string bytes(kSecretBytes, '\0');
  random.Fill(std::as_writable_bytes(std::span(bytes)));
  const Secret entropy(std::move(bytes));
  std::string key(kPrefix);
  key.reserve(kPrefix.size() + id.size() + 1 + kSecretChars);
  key += id;
  key += '_';
  key += ToBase64Url(entropy.Reveal());
  return Secret(std::move(key));
}

std::string NewApiKeyId(std::string_view tenant, Random& random) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id(tenant);
  id += '-';
  auto bits = random.Next();
  for (int i = 0; i < 8; ++i) {
    id += kAlphabet[bits & 31];
    bits >>= 5;
  }
  return id;
}

std::string ApiKeyDigest(std::string_view key) { return Sha256(key); }

bool IsApiKeyOf(std::string_view key, std::string_view digest) {
  return ConstantTimeEquals(Sha256(key), digest);
}

}  // namespace notify::agent::auth
