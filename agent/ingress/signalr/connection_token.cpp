#include "agent/ingress/signalr/connection_token.hpp"

#include <cstring>
#include <span>

#include "common/encoding.hpp"

namespace notify::agent::ingress::signalr {
namespace {

constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kBodyBytes = kNonceBytes + kIdBytes + 2 * sizeof(std::uint64_t);
constexpr std::size_t kSealBytes = 16;

void AppendNumber(std::string& out, std::uint64_t value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::uint64_t NumberAt(std::string_view bytes, std::size_t at) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

}  // namespace

ConnectionTokens::ConnectionTokens(Random& random) : random_(random), key_(RandomBytes(32)) {}

std::string ConnectionTokens::Make(const Negotiation& negotiation, std::string_view tenant,
                                   std::string_view actor) const {
  std::string body = RandomBytes(kNonceBytes);
  body += FromBase64Url(negotiation.connection_id).value_or("");
  body.resize(kNonceBytes + kIdBytes);
  AppendNumber(body, negotiation.owner);
  AppendNumber(body, static_cast<std::uint64_t>(negotiation.expires.time_since_epoch().count()));
  return ToBase64Url(body + Seal(body, tenant, actor));
}

std::optional<Negotiation> ConnectionTokens::Read(std::string_view token, std::string_view tenant,
                                                  std::string_view actor,
                                                  Clock::TimePoint now) const {
  const auto bytes = FromBase64Url(token);
  if (!bytes || bytes->size() != kBodyBytes + kSealBytes) return std::nullopt;
  const std::string_view body = std::string_view(*bytes).substr(0, kBodyBytes);
  if (!ConstantTimeEquals(std::string_view(*bytes).substr(kBodyBytes), Seal(body, tenant, actor))) {
    return std::nullopt;
  }
  Negotiation negotiation;
  negotiation.connection_id = ToBase64Url(body.substr(kNonceBytes, kIdBytes));
  negotiation.owner = NumberAt(body, kNonceBytes + kIdBytes);
  const auto expires = NumberAt(body, kNonceBytes + kIdBytes + sizeof(std::uint64_t));
  negotiation.expires = Clock::TimePoint(Clock::Duration(static_cast<std::int64_t>(expires)));
  if (now >= negotiation.expires) return std::nullopt;
  return negotiation;
}

std::string ConnectionTokens::NewConnectionId() const { return ToBase64Url(RandomBytes(kIdBytes)); }

std::string ConnectionTokens::Seal(std::string_view body, std::string_view tenant,
                                   std::string_view actor) const {
  // A tenant's name has no zero byte, so that no pair looks like another.
  std::string sealed(body);
  sealed.append(tenant).append(1, '\0').append(actor);
  return HmacSha256(key_.Reveal(), sealed).substr(0, kSealBytes);
}

std::string ConnectionTokens::RandomBytes(std::size_t count) const {
  std::string bytes(count, '\0');
  random_.Fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

}  // namespace notify::agent::ingress::signalr
