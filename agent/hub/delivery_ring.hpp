#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/ids.hpp"

namespace notify::agent::hub {

/// How many connections of one thread got each of the last events that reached anybody.
/// Threads: the shard's.
class DeliveryRing {
 public:
  explicit DeliveryRing(std::size_t capacity) : capacity_(capacity) {}

  /// `connections` got the event.
  void Record(const TenantId& tenant, Position event, std::uint32_t connections);
  /// 0 where nobody got it, or it is forgotten.
  std::size_t Find(const TenantId& tenant, Position event) const;

 private:
  struct Entry {
    TenantId tenant;
    Position event;
    std::uint32_t connections = 0;
  };
  const std::size_t capacity_;
  std::size_t next_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace notify::agent::hub
