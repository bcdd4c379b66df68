#include "agent/eventlog/log_files.hpp"

#include <utility>

#include "agent/eventlog/segments/segment_index.hpp"

namespace notify::agent::eventlog {

Result<LogFiles> OpenLogFiles(async::FileSystem& files, const TenantHandle& tenant,
                              const std::string& index_target) {
  LogFiles opened;
  auto index = SegmentIndex::Open(tenant, files.SqliteVfs());
  if (!index) return index.error();
  auto copy = store::DatabaseCopy::Begin(tenant.record().folder + "/log/index.db", index_target,
                                         files.SqliteVfs());
  if (!copy) return copy.error();
  opened.index = std::move(*copy);
  const auto newest = (*index)->NewestSegment();
  if (!newest) return newest.error();
  const auto numbers = (*index)->Segments();
  if (!numbers) return numbers.error();
  for (const std::int64_t number : *numbers) {
    const std::string path = SegmentPath(tenant, number);
    auto file = files.Open(path, async::FileSystem::Mode::kRead);
    if (!file) return file.error();
    auto bytes = (*file)->Size();
    if (!bytes) return bytes.error();
    opened.segments.push_back({path.substr(path.rfind('/') + 1), std::move(*file),
                               number == newest->segment ? newest->end : *bytes});
  }
  return opened;
}

}  // namespace notify::agent::eventlog
