#include "agent/eventlog/retention/dead_segments.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

namespace notify::agent::eventlog {
namespace {

constexpr std::string_view kSuffix = ".seg";

/// The number in a segment's name; nothing where it is no segment.
std::optional<std::int64_t> NumberIn(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

std::uint64_t SizeOf(async::FileSystem& files, const std::string& path) {
  const auto file = files.Open(path, async::FileSystem::Mode::kRead);
  if (!file) return 0;
  return (*file)->Size().value_or(0);
}

}  // namespace

Result<std::uint64_t> RemoveDeadSegments(async::FileSystem& files, const TenantHandle& tenant,
                                         SegmentIndex& index) {
  const std::string folder = tenant.record().folder + "/log";
  const auto live = index.LiveSegments();
  if (!live) return live.error();
  const auto newest = index.NewestSegment();
  if (!newest) return newest.error();
  const auto names = files.List(folder);
  if (!names) return names.error();
  const auto is_dead = [&](std::int64_t number) {
    return std::ranges::find(*live, number, &LiveSegment::segment) == live->end();
  };
  std::vector<std::int64_t> dead;
  for (const std::string& name : *names) {
    const auto number = NumberIn(name);
    if (number && is_dead(*number)) dead.push_back(*number);
  }
  if (dead.empty()) return 0;
  // A segment that was begun and holds nothing yet is as good as the next one.
  if (newest->end > 0 && is_dead(newest->segment)) {
    if (auto begun = index.BeginSegment({newest->segment + 1, 0}); !begun) return begun.error();
  }
  if (auto durable = index.MakeDurable(); !durable) return durable.error();
  std::uint64_t freed = 0;
  for (const std::int64_t number : dead) {
    const std::string path = SegmentPath(tenant, number);
    const std::uint64_t bytes = SizeOf(files, path);
    if (auto removed = files.Remove(path); !removed) return removed.error();
    freed += bytes;
  }
  if (auto named = files.SyncFolder(folder); !named) return named.error();
  return freed;
}

}  // namespace notify::agent::eventlog
