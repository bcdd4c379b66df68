#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tests/simulation/authors.hpp"

namespace notify::simulation {

/// An event as the agent lists it at the end.
struct Stored {
  std::uint64_t sequence = 0;
  std::string id;
  std::string type;
  std::string causation;
  std::string delivery;  ///< `data.delivery`, of the agent's own events.
  std::string position;  ///< `E-N`.
};
using Listing = std::vector<Stored>;

/// Somebody who looks at the end, over the agent's socket as platform-admin.
class Inspector final : public Party {
 public:
  explicit Inspector(sim::Dice dice) : Party("inspector", dice, {}) {}

  async::Task<void> Run(Net, async::IoThread&) override { co_return; }
  /// All events of a tenant.
  async::Task<Listing> List(const Net& net, async::IoThread& io, std::string tenant);
  /// The audit chain of a tenant, as JSON texts.
  async::Task<std::vector<std::string>> Audit(const Net& net, async::IoThread& io,
                                              std::string tenant);
  /// The status of a tenant's `GET`.
  async::Task<int> StatusOf(const Net& net, async::IoThread& io, std::string tenant);

 private:
  async::Task<std::vector<std::string>> All(const Net& net, async::IoThread& io, std::string path,
                                            std::string tenant);
};

/// The invariants, each as the sentences that say how it was broken; none where it held.

/// Sequences from 1 without gaps, and no id twice.
std::vector<std::string> CheckNumbers(const Listing& listing);
/// Every acknowledged event is there, where the acknowledgement said.
std::vector<std::string> CheckAcknowledged(const Listing& listing, const Publisher& publisher);
/// What a subscriber saw is what is there: each once, in order, no hole; nothing was seen that is
/// not stored.
std::vector<std::string> CheckSeen(const Listing& listing, const Subscriber& subscriber);
/// Every quote has one notification, and every delivery ended once.
std::vector<std::string> CheckNotifications(const Listing& listing, const std::string& tenant);
/// Every record holds, and follows from the one before.
std::vector<std::string> CheckAudit(const std::vector<std::string>& records);
/// Whether no delivery is under way any more, and no quote waits.
bool AllDelivered(const Listing& listing);

}  // namespace notify::simulation
