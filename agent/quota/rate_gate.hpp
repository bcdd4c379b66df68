#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "agent/quota/bucket.hpp"
#include "common/clock.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::quota {

/// One connection of a tenant's number; it is free again when this goes.
///
/// Threads:  any, one at a time.
class [[nodiscard]] ConnectionSlot {
 public:
  ConnectionSlot(ConnectionSlot&&) noexcept = default;
  ConnectionSlot& operator=(ConnectionSlot&& other) noexcept {
    std::swap(used_, other.used_);
    std::swap(near_, other.near_);
    return *this;
  }
  ~ConnectionSlot() {
    if (used_) used_->fetch_sub(1, std::memory_order_relaxed);
  }

  /// The tenant was at its soft limit, or above, when this was taken.
  bool near() const { return near_; }

 private:
  friend class RateGate;
  ConnectionSlot(std::shared_ptr<std::atomic<std::uint32_t>> used, bool near)
      : used_(std::move(used)), near_(near) {}

  // Shared with the gate, which may go first.
  std::shared_ptr<std::atomic<std::uint32_t>> used_;
  bool near_ = false;
};

/// When who was refused a connection may try again: no wait is known to help, and each costs.
inline constexpr Clock::Duration kConnectAgainAfter = std::chrono::seconds(5);

/// How many connections there may be, and from how many on that is noticed. Nothing: no limit.
struct ConnectionLimits {
  std::optional<std::uint32_t> most;
  std::optional<std::uint32_t> soft;
};

/// Decides whether one tenant may make another request or connection, before its body is read.
///
/// Lifetime: shared by the threads' gate tables; slots may outlive it.
/// Threads:  any.
class RateGate {
 public:
  /// `clock` outlives the gate. Nothing: no limit.
  RateGate(const Clock& clock, TenantId tenant, std::optional<Rate> requests,
           ConnectionLimits connections);
  RateGate(const RateGate&) = delete;
  RateGate& operator=(const RateGate&) = delete;

  /// Takes one request. kRateLimited: too early, `retry_after` is the exact wait.
  Status TryRequest();

  /// Takes one connection. kRateLimited: the tenant has as many as it may have.
  Result<ConnectionSlot> TryConnect();
  /// Whether TryConnect would refuse now.
  Status CheckConnect() const;

  /// New limits; what is in use stays in use.
  void SetLimits(std::optional<Rate> requests, ConnectionLimits connections);

  std::optional<Rate> rate() const { return requests_.rate(); }
  std::uint32_t Available() const { return requests_.Available(clock_.Now()); }
  std::uint32_t connections() const { return connections_->load(std::memory_order_relaxed); }

 private:
  static constexpr std::uint32_t kNoLimit = 0xFFFF'FFFF;

  Error Full(std::uint32_t most) const;

  const Clock& clock_;
  const TenantId tenant_;
  Bucket requests_;
  std::atomic<std::uint32_t> most_connections_;
  std::atomic<std::uint32_t> soft_connections_;
  // Shared with the slots that are in use.
  const std::shared_ptr<std::atomic<std::uint32_t>> connections_;
};

}  // namespace notify::agent::quota
