#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/delivery/delivery_queue.hpp"
#include "agent/pipeline/delivery_loop.hpp"

namespace notify::agent::pipeline {

/// How far events of the log were turned into notifications, and trying again what failed.
///
/// Lifetime: as the agent; the loop outlives it.
/// Threads:  any executor; answers come on the caller's.
class EventProcessing {
 public:
  EventProcessing(DeliveryParts parts, DeliveryLoop& loop) : parts_(parts), loop_(loop) {}

  /// Where one event stands.
  struct Standing {
    std::string_view status;  ///< PENDING until the rules have seen it, PROCESSING while a delivery
                              ///< is under way, then COMPLETED, or FAILED where one failed.
    std::string members;      ///< `"notifications":n,"deliveries":{…}`
  };
  async::Task<Result<std::vector<Standing>>> Standings(TenantHandle tenant,
                                                       std::vector<Position> events);

  /// Tries again what failed of an event's deliveries, each as a new delivery of its notification;
  /// one that could not be rendered is rendered anew. How many are tried; `envelope` is the event.
  ///
  /// kConflict  nothing of it failed.
  /// kTemplateData, kInvalidTemplate, kNotFound  none can be rendered, for this reason.
  async::Task<Result<std::int64_t>> Retry(TenantHandle tenant, Position event,
                                          std::string envelope);

  /// How far the rules are, and how long deliveries take.
  struct Progress {
    Position cursor;
    delivery::DeliveryQueue::Pace pace;
  };
  async::Task<Result<Progress>> Look(TenantHandle tenant, std::int64_t since_ms);

 private:
  Result<Position> CursorHere(const TenantHandle& tenant, store::Database& state);
  Result<std::vector<Standing>> StandingsHere(const TenantHandle& tenant,
                                              const std::vector<Position>& events);
  Result<std::int64_t> RetryHere(const TenantHandle& tenant, Position event,
                                 const std::string& envelope);
  Status RenderAgain(const TenantHandle& tenant, store::Database& state,
                     const nlohmann::json& envelope, delivery::Delivery& again);

  const DeliveryParts parts_;
  DeliveryLoop& loop_;
};

}  // namespace notify::agent::pipeline
