#include "agent/eventlog/segments/stored_log.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::eventlog {
namespace {

// Segments of one tenant whose descriptors stay open.
constexpr std::size_t kOpenSegments = 8;

/// Looks again where a segment was removed between its block's row and its bytes: what is kept of
/// it lies elsewhere by then.
template <typename F>
auto LookAgain(F look) {
  constexpr int kTries = 3;
  for (int tries = 1;; ++tries) {
    auto found = look();
    if (found || found.error().code != Errc::kNotFound || tries == kTries) return found;
  }
}

}  // namespace

Result<StoredLog::Open*> StoredLog::Files(const TenantHandle& tenant) {
  auto found = std::ranges::find(open_, tenant.id(), &Open::tenant);
  if (found != open_.end() && found->epoch != tenant.record().epoch) {
    open_.erase(found);
    found = open_.end();
  }
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
    return &open_.front();
  }
  auto index = SegmentIndex::Open(tenant, files_.SqliteVfs());
  if (!index) return index.error();
  open_.push_front({tenant.id(), tenant.record().epoch, std::move(*index), {}});
  if (open_.size() > max_open_) open_.pop_back();
  return &open_.front();
}

Result<std::shared_ptr<async::File>> StoredLog::Segment(Open& open, const TenantHandle& tenant,
                                                        std::int64_t segment) {
  const auto found = open.segments.find(segment);
  if (found != open.segments.end()) return found->second;
  auto file = files_.Open(SegmentPath(tenant, segment), async::FileSystem::Mode::kRead);
  if (!file) return file.error();
  if (open.segments.size() >= kOpenSegments) open.segments.erase(open.segments.begin());
  return open.segments.emplace(segment, std::move(*file)).first->second;
}

Result<std::shared_ptr<async::File>> StoredLog::SegmentOf(const TenantHandle& tenant,
                                                          std::int64_t segment) {
  const auto open = Files(tenant);
  if (!open) return open.error();
  return Segment(**open, tenant, segment);
}

Result<std::string> StoredLog::Bytes(Open& open, const TenantHandle& tenant,
                                     const StoredBlockInfo& info) {
  const auto file = Segment(open, tenant, info.segment);
  if (!file) return file.error();
  std::string bytes(static_cast<std::size_t>(info.bytes), '\0');
  const auto got = (*file)->ReadAt(info.offset, bytes);
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

Result<StoredExtent> StoredLog::Extent(const TenantHandle& tenant) {
  const auto open = Files(tenant);
  if (!open) return open.error();
  return (*open)->index->Extent();
}

Result<SegmentIndex::Counts> StoredLog::Count(const TenantHandle& tenant) {
  const auto open = Files(tenant);
  if (!open) return open.error();
  return (*open)->index->Count();
}

Result<std::vector<KeyRunInfo>> StoredLog::RunInfos(const TenantHandle& tenant) {
  const auto open = Files(tenant);
  if (!open) return open.error();
  return (*open)->index->Runs();
}

Result<bool> StoredLog::IsWhole(const TenantHandle& tenant, const KeyRunInfo& run) {
  const auto file = SegmentOf(tenant, run.segment);
  if (!file) return file.error();
  std::string bytes(static_cast<std::size_t>(run.bytes), '\0');
  const auto got = (*file)->ReadAt(run.offset, bytes);
  if (!got) return got.error();
  bytes.resize(*got);
  return DecodeKeyRun(bytes).has_value();
}

Result<StreamHead> StoredLog::Stream(const TenantHandle& tenant, const StreamKey& stream) {
  const auto open = Files(tenant);
  if (!open) return open.error();
  return (*open)->index->Stream(stream);
}

Result<std::vector<std::unique_ptr<KeyRun>>> StoredLog::Runs(const TenantHandle& tenant) {
  const auto open = Files(tenant);
  if (!open) return open.error();
  const auto infos = (*open)->index->Runs();
  if (!infos) return infos.error();
  std::vector<std::unique_ptr<KeyRun>> runs;
  for (const KeyRunInfo& info : *infos) {
    runs.push_back(std::make_unique<KeyRun>(
        info, [this, tenant, segment = info.segment] { return SegmentOf(tenant, segment); }));
  }
  return runs;
}

Result<std::vector<RawBlock>> StoredLog::Read(const TenantHandle& tenant, Sequence after,
                                              std::size_t max_bytes, const Wanted& wanted) {
  return LookAgain([&] { return ReadOnce(tenant, after, max_bytes, wanted); });
}

Result<std::vector<RawBlock>> StoredLog::ReadOnce(const TenantHandle& tenant, Sequence after,
                                                  std::size_t max_bytes, const Wanted& wanted) {
  const auto open = Files(tenant);
  if (!open) return open.error();
  std::vector<RawBlock> blocks;
  std::size_t bytes = 0;
  constexpr std::size_t kMostSkipped = 10'000;  // Then the reader is told how far it came.
  const auto list = [&](const StoredBlockInfo& info, std::string_view summary_bytes) {
    const auto summary = wanted.all() ? std::nullopt : BlockSummary::Decode(summary_bytes);
    const bool skip = summary && !wanted.MayBeIn(*summary);
    blocks.push_back({info, {}, skip});
    if (!skip) bytes += info.bytes;
    return bytes < max_bytes && blocks.size() < kMostSkipped;
  };
  if (auto listed = (*open)->index->From(after, list); !listed) return listed.error();
  for (RawBlock& block : blocks) {
    if (block.skipped) continue;
    auto read = Bytes(**open, tenant, block.info);
    if (!read) return read.error();
    block.bytes = std::move(*read);
  }
  return blocks;
}

Result<std::optional<RawBlock>> StoredLog::NewestWithId(const TenantHandle& tenant,
                                                        std::uint64_t id_key, Sequence below) {
  return LookAgain([&] { return NewestWithIdOnce(tenant, id_key, below); });
}

Result<std::optional<RawBlock>> StoredLog::NewestWithIdOnce(const TenantHandle& tenant,
                                                            std::uint64_t id_key, Sequence below) {
  const auto open = Files(tenant);
  if (!open) return open.error();
  std::optional<StoredBlockInfo> found;
  const auto look = [&](const StoredBlockInfo& info, std::string_view summary_bytes) {
    const auto summary = BlockSummary::Decode(summary_bytes);
    if (summary && !summary->MayHoldId(id_key)) return true;
    found = info;
    return false;
  };
  if (auto looked = (*open)->index->DownFrom(below, look); !looked) return looked.error();
  if (!found) return std::optional<RawBlock>();
  auto bytes = Bytes(**open, tenant, *found);
  if (!bytes) return bytes.error();
  return std::optional(RawBlock{*found, std::move(*bytes)});
}

Result<std::optional<RawBlock>> StoredLog::FirstAt(const TenantHandle& tenant,
                                                   std::int64_t recorded_ms) {
  return LookAgain([&] { return FirstAtOnce(tenant, recorded_ms); });
}

Result<std::optional<RawBlock>> StoredLog::FirstAtOnce(const TenantHandle& tenant,
                                                       std::int64_t recorded_ms) {
  const auto open = Files(tenant);
  if (!open) return open.error();
  const auto found = (*open)->index->FirstAt(recorded_ms);
  if (!found) return found.error();
  if (!*found) return std::optional<RawBlock>();
  auto bytes = Bytes(**open, tenant, **found);
  if (!bytes) return bytes.error();
  return std::optional(RawBlock{**found, std::move(*bytes)});
}

void StoredLog::Close(const TenantId& tenant) {
  open_.remove_if([&](const Open& open) { return open.tenant == tenant; });
}

}  // namespace notify::agent::eventlog
