#include "agent/schema/event_check.hpp"

#include <algorithm>
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

/// The batch without those whose place is in `out`, which ascends.
EventBatch Without(const EventBatch& batch, const std::vector<std::size_t>& out) {
  EventBatch kept;
  std::size_t next = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (next < out.size() && out[next] == i) {
      ++next;
      continue;
    }
    kept.offsets.push_back(static_cast<std::uint32_t>(kept.records.size()));
    kept.records += RecordBytes(batch, i);
  }
  return kept;
}

template <typename T>
std::vector<T> Without(const std::vector<T>& values, const std::vector<std::size_t>& out) {
  std::vector<T> kept;
  std::size_t next = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (next < out.size() && out[next] == i) {
      ++next;
    } else {
      kept.push_back(values[i]);
    }
  }
  return kept;
}

/// The places in `batch` of the events that do not fit, whose errors `misfits` gets.
async::Task<std::vector<std::size_t>> Check(async::Executor& executor, const TenantSchemas& schemas,
                                            const EventBatch& batch,
                                            const std::vector<std::size_t>& indices,
                                            std::vector<Misfit>& misfits) {
  std::vector<std::size_t> out;
  std::size_t steps = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const std::string_view record = RecordBytes(batch, i);
    const auto keys = ReadRecordKeys(record);
    if (!keys || schemas.Find(keys->type) == nullptr) continue;
    EventView event;
    if (!ReadRecord(record, event)) continue;
    auto fits = schemas.Check(event, steps);
    if (!fits) {
      out.push_back(i);
      misfits.push_back({indices[i], std::move(fits.error())});
    }
    if (steps >= kStepsOfATurn) {
      steps = 0;
      async::CallOn turn(executor, [] {});
      co_await turn;
    }
  }
  co_return out;
}

}  // namespace

async::Task<std::vector<Misfit>> TakeMisfits(async::Executor& executor,
                                             std::shared_ptr<const TenantSchemas> schemas,
                                             ParsedEvents& events) {
  std::vector<Misfit> misfits;
  auto checking = Check(executor, *schemas, events.batch, events.indices, misfits);
  if (const auto out = co_await std::move(checking); !out.empty()) {
    events.batch = Without(events.batch, out);
    events.indices = Without(events.indices, out);
    events.has_caller_id = Without(events.has_caller_id, out);
    if (!events.expected.empty()) events.expected = Without(events.expected, out);
  }
  // What is for later is checked now, while its caller can be told.
  HeldEvents& held = events.held;
  auto checking_held = Check(executor, *schemas, held.batch, held.indices, misfits);
  if (const auto out = co_await std::move(checking_held); !out.empty()) {
    held.batch = Without(held.batch, out);
    held.indices = Without(held.indices, out);
    held.due_ms = Without(held.due_ms, out);
    held.has_caller_id = Without(held.has_caller_id, out);
  }
  std::ranges::sort(misfits, {}, &Misfit::index);
  co_return misfits;
}

}  // namespace notify::agent::schema
