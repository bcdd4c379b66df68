#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/task.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/model/event.hpp"
#include "common/model/gap.hpp"
#include "common/result.hpp"

namespace notify::agent {

/// One event that is handed out until it is acknowledged.
struct FetchedEvent {
  Position position;
  std::string type;
  std::string envelope;      ///< JSON, with `redelivered` where it went out before.
  bool redelivered = false;  ///< It went out before.
};

/// What is handed out at once, all of it of one page of the log at most.
struct Fetched {
  std::vector<FetchedEvent> items;
  Position position;       ///< Acknowledging it acknowledges all of them.
  std::optional<Gap> gap;  ///< Where events are missing; told until something behind it is done.
};

/// A subscription whose position is kept: whose it is, and what it asks for. Lists are
/// alternatives, members narrow each other.
struct DurableWish {
  std::string owner;  ///< The user; of a credential without one, its actor as in the audit.
  std::string name;   ///< 1 to 100 of `[A-Za-z0-9._-]`, no dot first.
  std::vector<std::string> types;
  std::vector<std::string> topics;
  /// Where it begins when its owner had none of that name; nothing: at the log's end.
  std::optional<Position> from;
};

/// One connection's hold on a durable subscription, until a newer one takes it over.
struct DurableClaim {
  std::string consumer;  ///< `hub/<owner>/<name>`
  std::uint64_t number = 0;
};

/// How a hold begins.
struct DurableBegun {
  DurableClaim claim;
  Position after;  ///< What comes is behind it: the last that was acknowledged.
  std::optional<Gap> gap;
};

/// What the holder asks for next.
struct DurableRequest {
  DurableClaim claim;
  std::string subscription;   ///< Stamped into the envelopes.
  std::size_t max_bytes = 0;  ///< About so many bytes of envelopes; at least one event.
  /// Whether the holder may see an event; what it may not see is passed over. Called on the
  /// source's thread.
  std::function<bool(const RecordKeys&)> may_see;
};

/// Durable subscriptions: everything that acknowledges, for those who do not know how positions are
/// kept. A hold ends with kConflict where a newer one took it over, with kNotFound where the
/// subscription was removed; kUnavailable and kInternal may pass.
///
/// Lifetime: as the agent.
/// Threads:  any executor; answers come on the caller's.
class DurableSource {
 public:
  virtual ~DurableSource() = default;

  /// Takes a durable subscription over, and makes it where its owner has none of that name. What
  /// was handed out and not acknowledged goes out again.
  ///
  /// kInvalidArgument  a name, type or topic that cannot be kept.
  /// kConflict         its owner, or the tenant, has as many as there can be.
  virtual async::Task<Result<DurableBegun>> Begin(TenantHandle tenant, DurableWish wish) = 0;
  /// The next events, at most as many as may be in flight. Waits for them for minutes; nothing is
  /// an answer, too.
  virtual async::Task<Result<Fetched>> Next(TenantHandle tenant, DurableRequest request) = 0;
  /// Everything up to `position` is done; durable when it returns.
  ///
  /// kGap              the position is of another log.
  /// kInvalidArgument  it is ahead of the log.
  virtual async::Task<Status> Acknowledge(TenantHandle tenant, DurableClaim claim,
                                          Position position) = 0;
  /// What Next gave did not go out: it comes again, as if it had not been handed out.
  virtual async::Task<void> TakeBack(TenantHandle tenant, DurableClaim claim, Fetched rest) = 0;
  /// The holder is gone: what is not acknowledged goes out again to the next one, without a
  /// failure. Nothing where another holds it already.
  virtual async::Task<void> End(TenantHandle tenant, DurableClaim claim) = 0;
};

}  // namespace notify::agent
