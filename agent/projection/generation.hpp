#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/projection/definition.hpp"
#include "common/clock.hpp"

namespace notify::agent::projection {

/// One building of a projection from the log. A rebuild makes the next one beside the one that
/// serves; they change places when it has caught up.
struct Generation {
  enum class Role : std::uint8_t {
    kServing = 1,
    kBuilding = 2,
    kDropped = 3,  ///< Its states are removed a few at a time.
  };

  std::int64_t id = 0;  ///< Never used again within the tenant.
  Role role = Role::kServing;
  Definition definition;
  std::int64_t version = 1;  ///< Of the definition.
  Position position;         ///< The last event that is in its states.
  std::int64_t keys = 0;
  std::int64_t bytes = 0;    ///< Of keys and states as JSON.
  std::int64_t events = 0;   ///< That counted.
  std::int64_t skipped = 0;  ///< That should have counted and could not.
  std::string last_skipped;  ///< `{"position": P, "reason": …}` of the last of them, or empty.
  std::string gap;           ///< As GapJson: what was not there to be read; empty: nothing.
  std::int64_t started_ms = 0;

  // Not stored.
  std::uint64_t turn = 0;                       ///< Its last.
  std::optional<Clock::TimePoint> measured_at;  ///< Since when its speed is measured,
  Position measured_from;                       ///< and from where.
};

/// What a tenant registered under a name.
struct Registered {
  std::string name;
  std::int64_t version = 1;  ///< Of the definition, also while the serving generation has another.
  std::int64_t created_ms = 0;
  std::int64_t updated_ms = 0;
  Generation serving;
  std::optional<Generation> building;
};

}  // namespace notify::agent::projection
