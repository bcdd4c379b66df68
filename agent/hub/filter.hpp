#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/roles.hpp"
#include "agent/flow/tenant_record.hpp"
#include "common/ids.hpp"
#include "common/model/event.hpp"

namespace notify::agent::hub {

/// Which events somebody asks for. Lists are alternatives, members narrow each other; an empty list
/// asks for nothing in particular.
struct Filter {
  std::vector<std::string> types;  ///< As MatchesType reads them: `fx.quote.created`, `fx.*`, `*`.
  std::vector<std::string> topics;
  std::vector<std::string> subjects;
  std::vector<std::string> users;
  bool operator==(const Filter&) const = default;
};

/// What a client may see at all (contract 5).
struct Sight {
  enum class Scope : std::uint8_t {
    kNothing,  ///< No events: a publisher only sends.
    kOwn,      ///< A subscriber: its own, and what the tenant opens to subscribers.
    kAll,
  };
  Scope scope = Scope::kNothing;
  std::string_view user;  ///< Whose events are its own; empty: none are.

  /// What these roles may see.
  static Scope Of(RoleSet roles);
};

/// One event as the hub looks at it, for all clients of a tenant on one thread.
///
/// Lifetime: views into the batch that the event lies in.
struct EventFacts {
  RecordKeys keys;
  Position position;
  bool broadcast = false;            ///< Reaches the tenant's group without a Subscribe.
  bool open_to_subscribers = false;  ///< Of a type that a subscriber may subscribe to.
  /// Events that are looked at together: a number of their own, and each one's place among them.
  std::uint64_t look = 0;
  std::uint8_t place = 0;
  static constexpr std::size_t kTogether = 64;
};

/// Whether an event is asked for.
bool Matches(const Filter& filter, const RecordKeys& keys);

/// Whether a subscriber may subscribe to events of that type: what is broadcast, and what the
/// tenant opens (`notifications.subscribable`). By default that is all that callers publish: the
/// agent's own events tell operators of other users, and reach a subscriber with its `userid` only.
bool IsOpenToSubscribers(const TenantSettings& settings, std::string_view type);

/// Whether it may be seen. An event with a `userid` is its user's alone where scope is kOwn.
bool MaySee(Sight sight, const EventFacts& event);

/// The same filter of many clients, which answers once for each event of a look.
///
/// Lifetime: shared by the subscriptions that have it.
/// Threads:  the shard's.
class SharedFilter {
 public:
  explicit SharedFilter(Filter filter) : filter_(std::move(filter)) {}

  const Filter& filter() const { return filter_; }
  bool Wants(const EventFacts& event) {
    const std::uint64_t bit = std::uint64_t{1} << event.place;
    if (look_ != event.look) {
      look_ = event.look;
      asked_ = wanted_ = 0;
    }
    if ((asked_ & bit) == 0) {
      asked_ |= bit;
      if (Matches(filter_, event.keys)) wanted_ |= bit;
    }
    return (wanted_ & bit) != 0;
  }

 private:
  const Filter filter_;
  std::uint64_t look_ = 0;
  std::uint64_t asked_ = 0;  // One bit for each event of the look.
  std::uint64_t wanted_ = 0;
};

}  // namespace notify::agent::hub
