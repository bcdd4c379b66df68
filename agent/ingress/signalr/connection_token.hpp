#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/secret.hpp"

namespace notify::agent::ingress::signalr {

/// What a negotiation agreed on.
struct Negotiation {
  std::string connection_id;  ///< Public, 128 random bits in base64url.
  std::size_t owner = 0;  ///< The I/O thread that negotiated, and remembers the use of the token.
  Clock::TimePoint expires;  ///< Until then a WebSocket may come.
};

/// Makes and proves connection tokens. A token carries its negotiation, bound to the tenant and
/// user that negotiated, so that any thread can judge it without asking another. Its 128 random
/// bits are its own, independent of the connection id.
///
/// Lifetime: as the endpoint; tokens do not outlive the process.
/// Threads:  any.
class ConnectionTokens {
 public:
  explicit ConnectionTokens(Random& random);

  /// A new token for `negotiation`, URL-safe. Never log it.
  std::string Make(const Negotiation& negotiation, std::string_view tenant,
                   std::string_view actor) const;
  /// The negotiation; nothing where the token is not ours, of another tenant or user, or too old.
  std::optional<Negotiation> Read(std::string_view token, std::string_view tenant,
                                  std::string_view actor, Clock::TimePoint now) const;
  /// A new connection id.
  std::string NewConnectionId() const;

 private:
  std::string Seal(std::string_view body, std::string_view tenant, std::string_view actor) const;
  std::string RandomBytes(std::size_t count) const;

  Random& random_;
  const Secret key_;
};

}  // namespace notify::agent::ingress::signalr
