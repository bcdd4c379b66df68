#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/async/executor.hpp"
#include "agent/async/task.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::quota {

/// Two bounds of a number: reaching `soft` is noticed, beyond `hard` is refused. Nothing: no bound.
struct SoftHard {
  std::optional<std::uint32_t> soft;
  std::optional<std::uint32_t> hard;
  bool any() const { return soft || hard; }
};

class HeadTable;

/// What one connection counts for its user and its address; given back when this goes.
///
/// Threads:  any, one at a time.
class [[nodiscard]] HeadSlot {
 public:
  HeadSlot();
  HeadSlot(HeadSlot&& other) noexcept;
  HeadSlot& operator=(HeadSlot&& other) noexcept;
  ~HeadSlot();

  bool user_near() const;     ///< Its user is at the soft bound, or above,
  bool address_near() const;  ///< or its address is.

 private:
  friend class HeadCounts;

  struct Taken;
  std::unique_ptr<Taken> taken_;  // Null: it counts for nobody.
};

/// How many connections each user and each address of a tenant has in the whole agent, and how many
/// it may have. An address counts for each tenant apart, so that nobody's connections use up a
/// neighbour's.
///
/// The numbers are kept on one executor: who takes a place goes there, and a slot that goes sends
/// one message.
///
/// Lifetime: as the agent; `home` outlives it and all slots.
/// Threads:  any executor; answers come on the caller's.
class HeadCounts {
 public:
  struct Limits {
    SoftHard per_user;
    SoftHard per_address;
  };

  HeadCounts(async::Executor& home, Limits limits);

  /// One more connection; an empty user or address does not count. kRateLimited: there are as many
  /// as there may be, and nothing is taken.
  async::Task<Result<HeadSlot>> Take(TenantId tenant, std::string user, std::string address);
  /// Whether Take would refuse now.
  async::Task<Status> Check(TenantId tenant, std::string user, std::string address);

 private:
  struct Names;

  Names NamesOf(const TenantId& tenant, const std::string& user, const std::string& address) const;
  Status CheckHere(const Names& names) const;

  const Limits limits_;
  // Shared with the slots.
  const std::shared_ptr<HeadTable> table_;
};

}  // namespace notify::agent::quota
