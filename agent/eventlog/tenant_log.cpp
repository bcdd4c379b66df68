#include "agent/eventlog/tenant_log.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/failpoint.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr std::size_t kKeyBytes = sizeof(std::uint32_t) + sizeof(std::uint64_t);

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

TenantLog::TenantLog(const TenantHandle& tenant, CommitLog& log, BlockSealer& sealer,
                     const LogOptions& options)
    : tenant_(tenant),
      log_(log),
      sealer_(sealer),
      options_(options),
      duplicates_(options.dedupe_max_events) {}

Result<std::unique_ptr<TenantLog>> TenantLog::Open(const TenantHandle& tenant, CommitLog& log,
                                                   BlockSealer& sealer, const LogOptions& options,
                                                   std::int64_t now_ms) {
  std::unique_ptr<TenantLog> opened(new TenantLog(tenant, log, sealer, options));
  const auto extent = log.Open(tenant);
  if (!extent) return extent.error();
  opened->durable_ = *extent;
  opened->next_.value = extent->last.value + 1;
  opened->last_recorded_ms_ = extent->last_recorded_ms;
  opened->last_used_ms = now_ms;
  if (NOTIFY_FAILPOINT(kForgetDuplicates)) return opened;
  if (auto loaded = opened->LoadDuplicates(now_ms); !loaded) return loaded.error();
  return opened;
}

Status TenantLog::LoadDuplicates(std::int64_t now_ms) {
  const std::uint64_t last = durable_.last.value;
  const std::uint64_t most = options_.dedupe_max_events;
  const Sequence above{last > most ? last - most : 0};
  const auto take = [this](Sequence first, std::string_view keys) {
    for (; keys.size() >= kKeyBytes; keys.remove_prefix(kKeyBytes)) {
      std::uint32_t index = 0;
      std::uint64_t key = 0;
      std::memcpy(&index, keys.data(), sizeof index);
      std::memcpy(&key, keys.data() + sizeof index, sizeof key);
      duplicates_.Insert(key, Sequence{first.value + index});
    }
  };
  return log_.Keys(tenant_, now_ms - Milliseconds(options_.dedupe_window), above, take);
}

TenantLog::Numbered TenantLog::Number(SealedBatch sealed, std::int64_t now_ms) {
  Numbered numbered;
  auto batch = std::make_shared<CommittedBatch>();
  BlockHeader& header = sealed.header_;
  header.epoch = batch->epoch = tenant_.record().epoch;
  header.first = batch->first = next_;
  // The agent's clock may step back; a log's times never do.
  last_recorded_ms_ = std::max(last_recorded_ms_, now_ms);
  header.recorded_ms = batch->recorded_ms = last_recorded_ms_;

  std::string keys;
  std::vector<std::uint32_t> kept;
  std::vector<std::uint64_t>& ids = sealed.ids_;
  if (sealed.keys_.empty()) {
    kept = std::move(sealed.events_.offsets);
  } else {
    kept = DropDuplicates(sealed, header, keys, numbered.outcome.duplicates);
  }
  header.accepted = static_cast<std::uint32_t>(kept.size());
  numbered.outcome.epoch = header.epoch;
  numbered.outcome.accepted = header.accepted;
  if (header.accepted == 0) return numbered;

  numbered.outcome.first = header.first;
  batch->events.records = std::move(sealed.events_.records);
  batch->events.offsets = std::move(kept);
  next_.value += header.accepted;
  const std::string header_bytes = EncodeHeader(header);
  numbered.block = BlockToCommit{
      tenant_,
      header.first,
      header.last(),
      header.recorded_ms,
      EncodeBlock(header_bytes, sealer_.SealHeader(tenant_, header_bytes, sealed.payload_),
                  sealed.payload_),
      std::move(keys),
      std::string(reinterpret_cast<const char*>(ids.data()), ids.size() * sizeof ids[0])};
  numbered.batch = std::move(batch);
  pending_.push_back(numbered.batch);
  return numbered;
}

std::vector<std::uint32_t> TenantLog::DropDuplicates(SealedBatch& sealed, BlockHeader& header,
                                                     std::string& keys,
                                                     std::vector<DuplicateOf>& duplicates) {
  std::vector<std::uint32_t> kept;
  kept.reserve(sealed.size());
  keys.reserve(sealed.size() * kKeyBytes);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    const auto index = static_cast<std::uint32_t>(kept.size());
    if (const std::uint64_t key = sealed.keys_[i]; key != 0) {
      if (auto duplicate = FindDuplicate(key, sealed, i)) {
        header.skipped.resize(sealed.size());
        header.skipped[i] = true;
        duplicates.push_back(std::move(*duplicate));
        continue;
      }
      keys.append(reinterpret_cast<const char*>(&index), sizeof index);
      keys.append(reinterpret_cast<const char*>(&key), sizeof key);
      duplicates_.Insert(key, Sequence{next_.value + index});
    }
    sealed.ids_[kept.size()] = sealed.ids_[i];
    kept.push_back(sealed.events_.offsets[i]);
  }
  sealed.ids_.resize(kept.size());
  return kept;
}

std::optional<DuplicateOf> TenantLog::FindDuplicate(std::uint64_t key, const SealedBatch& sealed,
                                                    std::size_t index) {
  const auto found = duplicates_.Find(key);
  if (!found) return std::nullopt;
  const auto again = ReadRecordIdentity(sealed.events_.Record(index));
  if (!again) return std::nullopt;
  if (*found >= next_) {
    // In this batch, before its records are handed over: the hash alone decides.
    return DuplicateOf{index, *found, std::string(again->id)};
  }
  const BatchPtr batch = BatchWith(*found);
  if (!batch) return std::nullopt;
  if (batch->recorded_ms < sealed.header_.recorded_ms - Milliseconds(options_.dedupe_window)) {
    return std::nullopt;
  }
  const auto stored = ReadRecordIdentity(batch->events.Record(found->value - batch->first.value));
  if (!stored || !SameEvent(*stored, *again)) return std::nullopt;
  return DuplicateOf{index, *found, std::string(stored->id)};
}

BatchPtr TenantLog::BatchWith(Sequence sequence) {
  const auto holds = [sequence](const BatchPtr& batch) {
    return batch->first <= sequence && sequence <= batch->last();
  };
  for (const auto* batches : {&pending_, &tail_}) {
    const auto found = std::ranges::find_if(*batches, holds);
    if (found != batches->end()) return *found;
  }
  const auto blocks = log_.Read(tenant_, Sequence{sequence.value - 1}, 1);
  if (!blocks || blocks->empty()) return nullptr;
  auto opened = sealer_.Open(tenant_, blocks->front());
  return opened && holds(*opened) ? *opened : nullptr;
}

void TenantLog::Committed(BatchPtr batch) {
  pending_.pop_front();
  durable_.last = batch->last();
  durable_.last_recorded_ms = batch->recorded_ms;
  durable_.bytes += batch->events.records.size();
  const std::size_t bytes = Bytes(*batch);
  tail_.push_back(batch);
  tail_bytes_ += bytes;
  while (tail_bytes_ > options_.tail_bytes && tail_.size() > 1) {
    tail_bytes_ -= Bytes(*tail_.front());
    tail_.pop_front();
  }
  std::erase_if(feeds_, [&](Feed& feed) {
    const auto size = static_cast<std::int64_t>(bytes);
    if (feed.waiting_bytes->fetch_add(size) + size >
        static_cast<std::int64_t>(options_.feed_bytes)) {
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
  head.dedupe_horizon_seconds = Milliseconds(options_.dedupe_window) / 1000;
  head.dedupe_horizon_events = options_.dedupe_max_events;
  return head;
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
