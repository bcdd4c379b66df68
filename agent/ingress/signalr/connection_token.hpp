#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/ingress/signalr/connection_table.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/secret.hpp"
#include "common/short_text.hpp"

namespace notify::agent::ingress::signalr {

/// What a negotiation agreed on.
struct Negotiation {
  ShortId connection_id;     ///< Public, 128 random bits in base64url.
  ConnectionKey key{};       ///< Its own 128 random bits, which Make draws.
  std::size_t owner = 0;     ///< The I/O thread that negotiated, and that the connection lives on.
  bool stateful = false;     ///< The client may lose its WebSocket and attach another.
  Clock::TimePoint expires;  ///< Until then the first request of a transport may come.
};

/// Makes and proves connection tokens. A token carries its negotiation, bound to the tenant and
/// user that negotiated, so that any thread can judge it without asking another, and nothing is
/// kept of a negotiation that nobody uses.
///
/// Lifetime: as the endpoint; tokens do not outlive the process.
/// Threads:  any.
class ConnectionTokens {
 public:
  explicit ConnectionTokens(Random& random);

  /// A new token for `negotiation`, whose key it draws; URL-safe. Never log it.
  std::string Make(const Negotiation& negotiation, std::string_view tenant,
                   std::string_view actor) const;
  /// The negotiation, expired or not; nothing where the token is not ours, or of another tenant or
  /// user.
  std::optional<Negotiation> Read(std::string_view token, std::string_view tenant,
                                  std::string_view actor) const;
  /// A negotiation that nobody made: of a connection that begins with its WebSocket.
  Negotiation OnTheSpot(std::size_t owner) const;
  /// A new connection id.
  ShortId NewConnectionId() const;

 private:
  std::string Seal(std::string_view body, std::string_view tenant, std::string_view actor) const;
  std::string RandomBytes(std::size_t count) const;

  Random& random_;
  const Secret key_;
};

}  // namespace notify::agent::ingress::signalr
