#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/hub/filter.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"
#include "common/short_text.hpp"

namespace notify::agent::hub {

/// How far something is delivered.
struct Reach {
  Position arrived;  ///< Everything up to here is at the client, as far as its system says.
  std::optional<Position> sent;  ///< Nothing beyond was sent; nothing: that is not known.
};

/// Which events a resumed connection may have got before.
struct SentBefore {
  Position until;    ///< By the connection that left: all up to here.
  Position began;    ///< By itself, since it began
  Position resumed;  ///< and until it resumed.

  bool Has(Position event) const { return event <= until || (event > began && event <= resumed); }
};

/// A subscription as a session gives it back.
struct SessionSubscription {
  std::string id;
  Filter filter;
  std::string name;  ///< Of a durable one, whose position is kept elsewhere; else empty.
  Reach reach;
};

/// What one connection leaves to the next of the same user (contract 7, `Resume`).
struct SessionState {
  bool in_tenant_group = true;
  Reach reach;  ///< Of what comes without a subscription.
  std::vector<SessionSubscription> subscriptions;
};

/// The state as text, and back. kInvalidJson where it is not what SessionText wrote.
std::string SessionText(const SessionState& state);
Result<SessionState> ReadSession(std::string_view text);

/// Puts the session at `arrived`: it followed the live flow that far. How much more it was sent is
/// not known.
void Follow(SessionState& state, Position arrived);

/// What a connection's session knows while the connection is there.
struct SessionTrack {
  ShortId id;              ///< Secret; empty: the client has none, or it was taken over.
  ShortId former;          ///< The session that it resumed, which names it as well.
  Position began;          ///< Where the connection came in.
  std::uint64_t mark = 0;  ///< What had been given when it was marked;
  Position marked;         ///< how far that reached,
  Position arrived;        ///< and how far what was known to arrive did.
  bool all_there = false;  ///< All of that has arrived.
  bool changed = true;     ///< Its subscriptions are not those that were kept.
  bool follows = false;    ///< As it was kept.
  bool open = false;       ///< It was kept at all.
};

}  // namespace notify::agent::hub
