#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "common/ids.hpp"

namespace notify::agent {

namespace quota {
class QuotaGate;
}

/// Proof that a tenant may append this many events. Only QuotaGate makes one and EventLog::Append
/// consumes it, so code that skips the quota does not compile. What is not settled as accepted is
/// given back when it goes.
///
/// Threads:  any, one at a time.
class [[nodiscard]] Admission {
 public:
  /// Takes back what an admission did not use. Implemented by QuotaGate; any thread.
  class Account {
   public:
    virtual ~Account() = default;
    virtual void GiveBack(std::uint32_t events) = 0;
  };

  Admission(Admission&& other) noexcept
      : tenant_(std::move(other.tenant_)),
        account_(std::move(other.account_)),
        events_(std::exchange(other.events_, 0)) {}
  Admission& operator=(Admission&&) = delete;
  ~Admission() { Settle(0); }

  const TenantId& tenant() const { return tenant_; }
  std::uint32_t events() const { return events_; }

  /// Takes `events` of it, at most all, into an admission of their own: a request's events can go
  /// to two places.
  Admission Split(std::uint32_t events) {
    events = std::min(events, events_);
    events_ -= events;
    return Admission(tenant_, account_, events);
  }

  /// The log's word: `accepted` events are spent, the rest (duplicates, failures) is given back.
  void Settle(std::uint32_t accepted) {
    if (account_ && accepted < events_) account_->GiveBack(events_ - accepted);
    events_ = 0;
  }

 private:
  friend class quota::QuotaGate;
  Admission(TenantId tenant, std::shared_ptr<Account> account, std::uint32_t events)
      : tenant_(std::move(tenant)), account_(std::move(account)), events_(events) {}

  TenantId tenant_;
  // Shared with the gate: a tenant may be deleted while its event is under way.
  std::shared_ptr<Account> account_;
  std::uint32_t events_ = 0;
};

}  // namespace notify::agent
