#include "agent/eventlog/tenant_log.hpp"

#include <algorithm>
#include <utility>

#include "agent/eventlog/blocks/block_keys.hpp"
#include "common/failpoint.hpp"

namespace notify::agent::eventlog {
namespace {

std::int64_t Milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

/// Whether the stored event is the one that came again, and not another with the same hash.
bool SameEvent(const RecordIdentity& stored, const RecordIdentity& again) {
  if (!again.idempotency_key.empty()) return stored.idempotency_key == again.idempotency_key;
  return stored.id == again.id && stored.source == again.source;
}

std::size_t Bytes(const CommittedBatch& batch) {
  return batch.events.records.size() + batch.events.offsets.size() * sizeof(std::uint32_t);
}

}  // namespace

TenantLog::TenantLog(const TenantHandle& tenant, Shared shared)
    : tenant_(tenant),
      shared_(shared),
      stored_keys_(shared.log, shared.filters),
      streams_(shared.log, shared.streams) {}

Result<std::unique_ptr<TenantLog>> TenantLog::Open(const TenantHandle& tenant, Shared shared,
                                                   std::int64_t now_ms) {
  std::unique_ptr<TenantLog> opened(new TenantLog(tenant, shared));
  const auto extent = shared.log.Open(tenant);
  if (!extent) return extent.error();
  opened->durable_ = *extent;
  opened->next_.value = extent->last.value + 1;
  opened->last_recorded_ms_ = extent->last_recorded_ms;
  opened->last_used_ms = now_ms;
  if (auto loaded = opened->LoadRecentKeys(); !loaded) return loaded.error();
  return opened;
}

Status TenantLog::LoadRecentKeys() {
  const bool forget = NOTIFY_FAILPOINT(kForgetDuplicates);
  return shared_.log.RecentKeys(tenant_, [&](std::uint64_t generation, Sequence first,
                                             std::string_view keys) {
    const std::string_view streams = ForEachKey(keys, [&](std::uint32_t index, std::uint64_t key) {
      if (!forget) duplicates_.Insert(generation, key, Sequence{first.value + index});
    });
    ForEachStream(streams, first, [&](const StreamKey& stream, const StreamHead& head) {
      streams_.Note(generation, stream, head);
    });
  });
}

Result<StreamHead> TenantLog::Stream(std::string_view name) {
  return streams_.Head(tenant_, shared_.sealer.StreamKeyOf(tenant_, name));
}

Result<TenantLog::Numbered> TenantLog::Number(SealedBatch sealed, std::int64_t now_ms) {
  Numbered numbered;
  auto batch = std::make_shared<CommittedBatch>();
  BlockHeader& header = sealed.header_;
  header.epoch = batch->epoch = tenant_.record().epoch;
  header.first = batch->first = next_;
  // The agent's clock may step back; a log's times never do.
  header.recorded_ms = batch->recorded_ms = std::max(last_recorded_ms_, now_ms);

  std::string keys;
  std::vector<std::uint32_t> kept;
  if (broken_) return Fail(Errc::kUnavailable, "The tenant's log is being opened again.");
  if (sealed.keys_.empty() && sealed.streamed_.empty()) {
    kept = std::move(sealed.events_.offsets);
  } else {
    auto selected = Select(sealed, header, keys, numbered.outcome);
    looked_at_.reset();
    if (!selected) {
      // Keys of events that got no number are remembered now.
      broken_ = true;
      return selected.error();
    }
    kept = std::move(*selected);
  }
  header.accepted = static_cast<std::uint32_t>(kept.size());
  numbered.outcome.epoch = header.epoch;
  numbered.outcome.accepted = header.accepted;
  if (header.accepted == 0) return numbered;

  last_recorded_ms_ = header.recorded_ms;
  numbered.outcome.first = header.first;
  batch->events.records = std::move(sealed.events_.records);
  batch->events.offsets = std::move(kept);
  if (!header.first_versions.empty()) GiveVersions(batch->events, header.first_versions);
  next_.value += header.accepted;
  const std::string header_bytes = EncodeHeader(header);
  numbered.block = BlockToCommit{
      tenant_,
      header.first,
      header.last(),
      header.recorded_ms,
      EncodeBlock(header_bytes, shared_.sealer.SealHeader(tenant_, header_bytes, sealed.payload_),
                  sealed.payload_),
      std::move(keys),
      std::move(sealed.summary_)};
  numbered.block_bytes = numbered.block->bytes.size();
  numbered.batch = std::move(batch);
  pending_.push_back(numbered.batch);
  return numbered;
}

Result<std::vector<std::uint32_t>> TenantLog::Select(SealedBatch& sealed, BlockHeader& header,
                                                     std::string& keys, AppendOutcome& outcome) {
  std::vector<std::uint32_t> kept;
  kept.reserve(sealed.size());
  if (!sealed.keys_.empty()) keys.reserve(sealed.size() * kKeyedBytes);
  const auto skip = [&](std::size_t index) {
    header.skipped.resize(sealed.size());
    header.skipped[index] = true;
  };
  StreamNumbering streams(streams_, tenant_, sealed.each_alone_);
  auto streamed = sealed.streamed_.begin();
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    const auto place = static_cast<std::uint32_t>(kept.size());
    const Sequence sequence{next_.value + place};
    const bool in_stream = streamed != sealed.streamed_.end() && streamed->index == i;
    const StreamedEvent* const event = in_stream ? &*streamed++ : nullptr;
    const std::uint64_t key = sealed.keys_.empty() ? 0 : sealed.keys_[i];
    if (key != 0) {
      auto duplicate = FindDuplicate(key, sealed, i);
      if (!duplicate) return duplicate.error();
      if (*duplicate) {
        skip(i);
        outcome.duplicates.push_back(std::move(**duplicate));
        continue;
      }
    }
    if (event != nullptr) {
      const auto taken = streams.Take(*event, sequence);
      if (!taken) return taken.error();
      if (taken->conflict) {
        skip(i);
        outcome.conflicts.push_back(*taken->conflict);
        continue;
      }
      if (place == 0) outcome.stream_version = taken->version;
    }
    if (key != 0) {
      AppendKey(keys, place, key);
      duplicates_.Insert(shared_.log.generation(), key, sequence);
    }
    kept.push_back(sealed.events_.offsets[i]);
  }
  streams.Finish(shared_.log.generation(), next_, keys);
  header.first_versions = std::move(streams.first_versions());
  return kept;
}

Result<std::optional<DuplicateOf>> TenantLog::FindDuplicate(std::uint64_t key,
                                                            const SealedBatch& sealed,
                                                            std::size_t index) {
  using None = std::optional<DuplicateOf>;
  const std::int64_t since_ms =
      sealed.header_.recorded_ms - Milliseconds(shared_.options.dedupe_window);
  auto found = duplicates_.Find(key);
  if (!found) {
    const auto stored = stored_keys_.Find(tenant_, key, since_ms);
    if (!stored) return stored.error();
    found = *stored;
  }
  if (!found) return None();
  const auto again = ReadRecordIdentity(sealed.events_.Record(index));
  if (!again) return None();
  const DuplicateOf by_key{index, *found, std::string(again->id), 0};
  // In this batch, before its records are handed over: the hash alone decides.
  if (*found >= next_) return None(by_key);
  const BatchPtr batch = BatchWith(*found);
  // The event may be gone by retention while its key is still known: the hash alone decides again.
  if (!batch) return None(by_key);
  const std::size_t place = found->value - batch->first.value;
  if (batch->RecordedMs(place) < since_ms) return None();
  const auto stored = ReadRecordIdentity(batch->events.Record(place));
  if (!stored || !SameEvent(*stored, *again)) return None();
  return None(DuplicateOf{index, *found, std::string(stored->id),
                          ParseStreamVersion(stored->streamversion).value_or(0)});
}

BatchPtr TenantLog::BatchWith(Sequence sequence) {
  const auto holds = [sequence](const BatchPtr& batch) {
    return batch && batch->first <= sequence && sequence <= batch->last();
  };
  if (holds(looked_at_)) return looked_at_;
  for (const auto* batches : {&pending_, &tail_}) {
    const auto found = std::ranges::find_if(*batches, holds);
    if (found != batches->end()) return *found;
  }
  const auto block = shared_.log.BlockWith(tenant_, sequence);
  if (!block) return nullptr;
  auto opened = shared_.sealer.Open(tenant_, *block);
  if (!opened || !holds(*opened)) return nullptr;
  return looked_at_ = std::move(*opened);
}

void TenantLog::DropTail() {
  tail_.clear();
  tail_bytes_ = 0;
}

void TenantLog::KeysMoved(std::uint64_t generation) {
  if (duplicates_.Drop(generation)) stored_keys_.Forget();
  streams_.Moved(generation);
}

void TenantLog::Stored(const StoredExtent& extent, std::uint64_t journal_bytes) {
  BeginsAt(extent.first);
  durable_.bytes = extent.bytes + journal_bytes;
  durable_.keys = extent.keys;
}

void TenantLog::Committed(BatchPtr batch, std::uint64_t block_bytes) {
  pending_.pop_front();
  durable_.last = batch->last();
  durable_.last_recorded_ms = batch->recorded_ms;
  durable_.bytes += block_bytes;
  const std::size_t bytes = Bytes(*batch);
  tail_.push_back(batch);
  tail_bytes_ += bytes;
  while (tail_bytes_ > shared_.options.tail_bytes && tail_.size() > 1) {
    tail_bytes_ -= Bytes(*tail_.front());
    tail_.pop_front();
  }
  std::erase_if(feeds_, [&](Feed& feed) {
    const auto size = static_cast<std::int64_t>(bytes);
    if (feed.waiting_bytes->fetch_add(size) + size >
        static_cast<std::int64_t>(shared_.options.feed_bytes)) {
      feed.executor->Post([target = feed.feed] { target->OnLagging(); });
      return true;
    }
    feed.executor->Post([target = feed.feed, waiting = feed.waiting_bytes, batch, size] {
      target->OnBatch(batch);
      waiting->fetch_sub(size);
    });
    return false;
  });
}

void TenantLog::DropFeeds() {
  for (Feed& feed : feeds_) feed.executor->Post([target = feed.feed] { target->OnLagging(); });
  feeds_.clear();
}

void TenantLog::Attach(async::Executor& executor, std::shared_ptr<LiveFeed> feed) {
  feeds_.push_back({&executor, std::move(feed), std::make_shared<std::atomic<std::int64_t>>(0)});
}

void TenantLog::Detach(const LiveFeed& feed) {
  std::erase_if(feeds_, [&](const Feed& candidate) { return candidate.feed.get() == &feed; });
}

LogHead TenantLog::Head() const {
  LogHead head;
  head.epoch = tenant_.record().epoch;
  head.first = durable_.first;
  head.last = durable_.last;
  head.bytes = durable_.bytes;
  head.dedupe_horizon_seconds =
      shared_.options.key_horizon().Held(durable_.keys, last_used_ms).count() / 1000;
  head.dedupe_horizon_events = HorizonEvents();
  return head;
}

std::uint64_t TenantLog::HorizonEvents() const {
  if (durable_.keys.count < shared_.options.dedupe_max_events) {
    return shared_.options.dedupe_max_events;
  }
  return durable_.last.value + 1 - std::min(durable_.keys.first, durable_.last).value;
}

std::optional<std::vector<BatchPtr>> TenantLog::ReadTail(Sequence after,
                                                         std::size_t max_bytes) const {
  std::vector<BatchPtr> batches;
  if (after >= durable_.last) return batches;
  if (tail_.empty() || tail_.front()->first.value > after.value + 1) return std::nullopt;
  auto next = std::ranges::partition_point(
      tail_, [after](const BatchPtr& batch) { return batch->last() <= after; });
  for (std::size_t bytes = 0; next != tail_.end() && bytes < max_bytes; ++next) {
    batches.push_back(*next);
    bytes += Bytes(**next);
  }
  return batches;
}

}  // namespace notify::agent::eventlog
