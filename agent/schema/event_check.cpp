#include "agent/schema/event_check.hpp"

#include <utility>

#include "agent/async/run_on.hpp"

namespace notify::agent::schema {
namespace {

// About 2 ms of work, after which others of the thread have a turn.
constexpr std::size_t kStepsOfATurn = 40'000;

std::string_view RecordBytes(const EventBatch& batch, std::size_t index) {
  const std::size_t begin = batch.offsets[index];
  const std::size_t end =
      index + 1 < batch.size() ? batch.offsets[index + 1] : batch.records.size();
  return std::string_view(batch.records).substr(begin, end - begin);
}

/// The events without those whose place is in `out`, which ascends.
void Remove(ParsedEvents& events, const std::vector<std::size_t>& out) {
  ParsedEvents kept;
  std::size_t next = 0;
  for (std::size_t i = 0; i < events.batch.size(); ++i) {
    if (next < out.size() && out[next] == i) {
      ++next;
      continue;
    }
    kept.batch.offsets.push_back(static_cast<std::uint32_t>(kept.batch.records.size()));
    kept.batch.records += RecordBytes(events.batch, i);
    kept.indices.push_back(events.indices[i]);
    kept.has_caller_id.push_back(events.has_caller_id[i]);
  }
  events.batch = std::move(kept.batch);
  events.indices = std::move(kept.indices);
  events.has_caller_id = std::move(kept.has_caller_id);
}

}  // namespace

async::Task<Misfits> TakeMisfits(async::Executor& executor,
                                 std::shared_ptr<const TenantSchemas> schemas,
                                 ParsedEvents& events) {
  Misfits misfits;
  std::vector<std::size_t> out;
  std::size_t steps = 0;
  for (std::size_t i = 0; i < events.batch.size(); ++i) {
    const std::string_view record = RecordBytes(events.batch, i);
    const auto keys = ReadRecordKeys(record);
    if (!keys || schemas->Find(keys->type) == nullptr) continue;
    EventView event;
    if (!ReadRecord(record, event)) continue;
    auto fits = schemas->Check(event, steps);
    if (!fits) {
      out.push_back(i);
      misfits.rejected.push_back({events.indices[i], fits.error().code, fits.error().detail});
      if (!misfits.first) misfits.first = std::move(fits.error());
    }
    if (steps >= kStepsOfATurn) {
      steps = 0;
      async::CallOn turn(executor, [] {});
      co_await turn;
    }
  }
  if (!out.empty()) Remove(events, out);
  co_return misfits;
}

}  // namespace notify::agent::schema
