#include "agent/audit/refusal_windows.hpp"

#include <utility>

namespace notify::agent::audit {
namespace {

std::string KeyOf(const ChainOwner& owner, const AuditEntry& entry) {
  std::string key = owner ? owner->id().text() : std::string();
  for (const std::string* part : {&entry.actor, &entry.role, &entry.tenant, &entry.action,
                                  &entry.target, &entry.result, &entry.code, &entry.address}) {
    key += '\0';
    key += *part;
  }
  return key;
}

}  // namespace

std::optional<OwnedEntry> RefusalWindows::Add(ChainOwner owner, CountedEntry counted,
                                              Clock::TimePoint now) {
  std::string key = KeyOf(owner, counted.entry);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    found->second->entry.counted.count += counted.count;
    return std::nullopt;
  }
  std::optional<OwnedEntry> early;
  if (windows_.size() >= kMost) early = TakeOldest();
  windows_.push_back({key, now + kWindow, {std::move(owner), std::move(counted)}});
  by_key_.emplace(std::move(key), std::prev(windows_.end()));
  return early;
}

OwnedEntry RefusalWindows::TakeOldest() {
  OwnedEntry entry = std::move(windows_.front().entry);
  by_key_.erase(windows_.front().key);
  windows_.pop_front();
  return entry;
}

std::vector<OwnedEntry> RefusalWindows::TakeDue(Clock::TimePoint now) {
  std::vector<OwnedEntry> due;
  while (!windows_.empty() && windows_.front().ends <= now) due.push_back(TakeOldest());
  return due;
}

std::vector<OwnedEntry> RefusalWindows::TakeAll() {
  std::vector<OwnedEntry> all;
  while (!windows_.empty()) all.push_back(TakeOldest());
  return all;
}

std::optional<Clock::TimePoint> RefusalWindows::NextDue() const {
  if (windows_.empty()) return std::nullopt;
  return windows_.front().ends;
}

}  // namespace notify::agent::audit
