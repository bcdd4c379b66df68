#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agent/delivery/delivery_queue.hpp"
#include "agent/pipeline/delivery_parts.hpp"

namespace notify::agent::pipeline {

/// How somebody looks at deliveries.
struct DeliveryView {
  std::string only_to;  ///< This recipient's only, others are not there; empty: all.
  bool reveal = false;  ///< Recipients are not masked.
};

/// Part of the list of deliveries, as JSON texts.
struct DeliveryStates {
  std::vector<std::string> items;
  std::string next;  ///< The place behind it; empty: no more.
};

/// Where the deliveries of a tenant stand, as REST handlers ask. The state is in state.db: what an
/// attempt came to is there once it is recorded, and stays for 7 days after its end was told.
///
/// Lifetime: as the agent.
/// Threads:  any executor; answers come on the caller's.
class DeliveryQuestions {
 public:
  explicit DeliveryQuestions(DeliveryParts parts) : parts_(parts) {}

  /// By its own id or its notification's, with its attempts. kNotFound.
  async::Task<Result<std::string>> Get(TenantHandle tenant, std::string id, DeliveryView view);

  /// The newest first, at most `limit`; a page may be shorter and go on. `place` is the `next` of
  /// the page before, or empty. kInvalidArgument for a place that is none.
  async::Task<Result<DeliveryStates>> List(TenantHandle tenant, delivery::DeliveryFilter filter,
                                           std::string place, std::size_t limit, DeliveryView view);

 private:
  Result<std::string> GetHere(const TenantHandle& tenant, const std::string& id,
                              const DeliveryView& view);
  Result<DeliveryStates> ListHere(const TenantHandle& tenant,
                                  const delivery::DeliveryFilter& filter,
                                  const std::optional<delivery::DeliveryPlace>& after,
                                  std::size_t limit, bool reveal);

  const DeliveryParts parts_;
};

}  // namespace notify::agent::pipeline
