#include "agent/eventlog/stored_keys.hpp"

#include <utility>

namespace notify::agent::eventlog {

Result<std::optional<Sequence>> StoredKeys::Find(const TenantHandle& tenant, std::uint64_t key,
                                                 std::int64_t since_ms) {
  auto found = FindInRuns(tenant, key, since_ms);
  // A segment may be gone because its runs were moved to another.
  if (found || found.error().code != Errc::kNotFound) return found;
  Forget();
  return FindInRuns(tenant, key, since_ms);
}

Result<std::optional<Sequence>> StoredKeys::FindInRuns(const TenantHandle& tenant,
                                                       std::uint64_t key, std::int64_t since_ms) {
  if (!loaded_) {
    if (auto loaded = Load(tenant); !loaded) return loaded.error();
  }
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
    if ((*run)->info().newest_ms < since_ms) continue;
    auto found = (*run)->Find(key);
    if (!found || *found) return found;
  }
  return std::optional<Sequence>();
}

Status StoredKeys::Load(const TenantHandle& tenant) {
  auto runs = log_.KeyRuns(tenant);
  if (!runs) return runs.error();
  Forget();
  runs_ = std::move(*runs);
  for (const auto& run : runs_) {
    const auto bytes = static_cast<std::size_t>(KeyFilterBytes(run->info().keys));
    if (memory_.used + bytes > memory_.limit) continue;
    if (auto filtered = run->LoadFilter(); !filtered) return filtered;
    memory_.used += bytes;
  }
  loaded_ = true;
  return {};
}

void StoredKeys::Forget() {
  for (const auto& run : runs_) memory_.used -= run->filter_bytes();
  runs_.clear();
  loaded_ = false;
}

}  // namespace notify::agent::eventlog
