#include "agent/hub/delivery_ring.hpp"

namespace notify::agent::hub {

void DeliveryRing::Record(const TenantId& tenant, Position event, std::uint32_t connections) {
  if (entries_.size() < capacity_) {
    entries_.push_back({tenant, event, connections});
    return;
  }
  entries_[next_] = {tenant, event, connections};
  next_ = (next_ + 1) % capacity_;
}

std::size_t DeliveryRing::Find(const TenantId& tenant, Position event) const {
  for (const Entry& entry : entries_) {
    if (entry.event == event && entry.tenant == tenant) return entry.connections;
  }
  return 0;
}

}  // namespace notify::agent::hub
