#include "agent/ingress/signalr/connection_token.hpp"

#include <cstring>
#include <span>
#include <tuple>

#include "common/encoding.hpp"

namespace notify::agent::ingress::signalr {
namespace {

constexpr std::size_t kKeyBytes = std::tuple_size_v<ConnectionKey>;
constexpr std::size_t kIdBytes = 16;
constexpr std::uint64_t kStateful = 1ULL << 63;  // Beside the owner.
constexpr std::size_t kBodyBytes = kKeyBytes + kIdBytes + 2 * sizeof(std::uint64_t);
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
  std::string body = RandomBytes(kKeyBytes);
  body += FromBase64Url(negotiation.connection_id.view()).value_or("");
  body.resize(kKeyBytes + kIdBytes);
  AppendNumber(body, negotiation.owner | (negotiation.stateful ? kStateful : 0));
  AppendNumber(body, static_cast<std::uint64_t>(negotiation.expires.time_since_epoch().count()));
  return ToBase64Url(body + Seal(body, tenant, actor));
}

std::optional<Negotiation> ConnectionTokens::Read(std::string_view token, std::string_view tenant,
                                                  std::string_view actor) const {
  const auto bytes = FromBase64Url(token);
  if (!bytes || bytes->size() != kBodyBytes + kSealBytes) return std::nullopt;
  const std::string_view body = std::string_view(*bytes).substr(0, kBodyBytes);
  if (!ConstantTimeEquals(std::string_view(*bytes).substr(kBodyBytes), Seal(body, tenant, actor))) {
    return std::nullopt;
  }
  Negotiation negotiation;
  body.copy(negotiation.key.data(), kKeyBytes);
  negotiation.connection_id = ShortId(ToBase64Url(body.substr(kKeyBytes, kIdBytes)));
  const std::uint64_t owner = NumberAt(body, kKeyBytes + kIdBytes);
  negotiation.owner = owner & ~kStateful;
  negotiation.stateful = (owner & kStateful) != 0;
  const auto expires = NumberAt(body, kKeyBytes + kIdBytes + sizeof(std::uint64_t));
  negotiation.expires = Clock::TimePoint(Clock::Duration(static_cast<std::int64_t>(expires)));
  return negotiation;
}

Negotiation ConnectionTokens::OnTheSpot(std::size_t owner) const {
  Negotiation negotiation;
  negotiation.connection_id = NewConnectionId();
  random_.Fill(std::as_writable_bytes(std::span(negotiation.key)));
  negotiation.owner = owner;
  return negotiation;
}

ShortId ConnectionTokens::NewConnectionId() const {
  std::string id;
  do {
    id = ToBase64Url(RandomBytes(kIdBytes));
  } while (id.front() == '-');  // On a command line it would be a flag.
  return ShortId(id);
}

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
