#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/audit/chain_record.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "common/clock.hpp"

namespace notify::agent::audit {

/// Whose chain an entry goes to; nothing: the platform's.
using ChainOwner = std::optional<TenantHandle>;

/// An entry on its way to a chain.
struct OwnedEntry {
  ChainOwner owner;
  CountedEntry counted;
};

/// Makes one record of equal refusals, or other entries that are counted, within 10 s: the same in
/// everything but the correlation id. The record has the first one's time and correlation id.
///
/// Lifetime: as the AuditChains.
/// Threads:  the platform executor.
class RefusalWindows {
 public:
  static constexpr Clock::Duration kWindow = std::chrono::seconds(10);
  /// So many different refusals wait at most; with one more the oldest is done early.
  static constexpr std::size_t kMost = 10'000;

  /// Counts a refusal. What is given back is to be written now.
  std::optional<OwnedEntry> Add(ChainOwner owner, CountedEntry counted, Clock::TimePoint now);

  /// Takes those whose window has ended at `now`, oldest first.
  std::vector<OwnedEntry> TakeDue(Clock::TimePoint now);
  /// Takes all.
  std::vector<OwnedEntry> TakeAll();

  /// When the next one is due; nothing where none waits.
  std::optional<Clock::TimePoint> NextDue() const;

 private:
  struct Window {
    std::string key;
    Clock::TimePoint ends;
    OwnedEntry entry;
  };
  OwnedEntry TakeOldest();

  std::list<Window> windows_;  // Oldest first; all last equally long.
  std::map<std::string, std::list<Window>::iterator> by_key_;
};

}  // namespace notify::agent::audit
