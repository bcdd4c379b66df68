#include "agent/projection/page_fold.hpp"

#include <algorithm>
#include <utility>

#include "agent/projection/projection_store.hpp"
#include "common/json_text.hpp"
#include "common/model/gap.hpp"

namespace notify::agent::projection {
namespace {

std::size_t FirstBehind(const CommittedBatch& batch, Position after) {
  if (after.epoch != batch.epoch || after.sequence < batch.first) return 0;
  return after.sequence.value - batch.first.value + 1;
}

}  // namespace

PageFold::PageFold(store::Database& state, const TenantHandle& tenant, Random& random,
                   FoldLimits limits)
    : state_(state), states_(state, tenant, random), limits_(limits) {}

Status PageFold::Fold(const ReadPage& page, Position from,
                      const std::vector<Generation*>& generations) {
  std::vector<Work> works;
  for (const Generation* generation : generations) works.push_back({*generation, {}});
  Position reached = page.after;
  std::size_t events = 0;
  EventView view;
  bool full = false;
  for (auto batch = page.batches.begin(); batch != page.batches.end() && !full; ++batch) {
    for (std::size_t i = FirstBehind(**batch, from); i < (*batch)->events.size() && !full; ++i) {
      const std::string_view record = (*batch)->events.Record(i);
      const auto keys = ReadRecordKeys(record);
      const auto wanted = [&](const Work& work) {
        return MayWant(work.next.definition, keys->type);
      };
      if (!keys || std::ranges::none_of(works, wanted) || !ReadRecord(record, view)) continue;
      const Position position{(*batch)->epoch, Sequence{(*batch)->first.value + i}};
      const EventInHand event(view, position, (*batch)->RecordedMs(i));
      for (Work& work : works) {
        if (auto folded = FoldOne(work, event); !folded) return folded;
      }
      full = ++events >= limits_.turn_events || bytes_ >= limits_.turn_bytes;
      if (full) reached = position;
    }
  }
  for (Work& work : works) work.next.position = reached;
  if (auto written = Write(works); !written) return written;
  for (std::size_t i = 0; i < works.size(); ++i) *generations[i] = std::move(works[i].next);
  return {};
}

Status PageFold::FoldOne(Work& work, const EventInHand& event) {
  if (!MayWant(work.next.definition, event.event().type)) return {};
  const auto change = ChangeOf(work.next.definition, event);
  if (!change) {
    Skip(work, event, change.error().detail);
    return {};
  }
  if (change->kind == Change::Kind::kNone) return {};
  auto cell = Load(work, change->key);
  if (!cell) return cell.error();
  if (change->kind == Change::Kind::kUpdate) return Update(work, event, change->key, **cell);
  Remove(work, event, **cell);
  return {};
}

Status PageFold::Update(Work& work, const EventInHand& event, const std::string& key, Cell& cell) {
  JsonValue next = cell.bytes > 0 ? cell.state : JsonValue::Object();
  if (auto folded = FoldInto(work.next.definition, event, next); !folded) {
    Skip(work, event, folded.error().detail);
    return {};
  }
  ++work.next.events;
  if (next.members().empty()) return {};
  const std::size_t size = next.Compact().size();
  const auto bytes = static_cast<std::int64_t>(key.size() + size);
  std::string_view reason;
  if (size > kLargestState) {
    reason = "The state of its key would be larger than 64 KiB.";
  } else if (cell.bytes == 0 && work.next.keys >= limits_.keys) {
    reason = "The projection has as many keys as it may.";
  } else if (work.next.bytes + bytes - cell.bytes > limits_.bytes) {
    reason = "The projection has as many bytes as it may.";
  }
  if (!reason.empty()) {
    --work.next.events;
    Skip(work, event, reason);
    return {};
  }
  if (cell.bytes == 0) ++work.next.keys;
  work.next.bytes += bytes - cell.bytes;
  bytes_ += size;
  cell.state = std::move(next);
  cell.bytes = bytes;
  cell.sequence = event.position().sequence.value;
  cell.changed = true;
  return {};
}

void PageFold::Remove(Work& work, const EventInHand& event, Cell& cell) {
  ++work.next.events;
  if (cell.bytes == 0) return;
  --work.next.keys;
  work.next.bytes -= cell.bytes;
  cell.bytes = 0;
  cell.sequence = event.position().sequence.value;
  cell.changed = true;
}

Result<PageFold::Cell*> PageFold::Load(Work& work, const std::string& key) {
  const auto known = work.cells.find(key);
  if (known != work.cells.end()) return &known->second;
  auto stored = states_.Find(work.next.id, key);
  if (!stored) return stored.error();
  Cell cell;
  if (*stored) {
    auto state = JsonValue::Parse((*stored)->state);
    if (!state) return Fail(Errc::kInternal, "A stored state of a projection is no JSON.");
    cell.state = std::move(*state);
    cell.bytes = static_cast<std::int64_t>(key.size() + (*stored)->state.size());
    cell.stored = true;
    bytes_ += (*stored)->state.size();
  }
  return &work.cells.emplace(key, std::move(cell)).first->second;
}

void PageFold::Skip(Work& work, const EventInHand& event, std::string_view reason) {
  ++work.next.skipped;
  std::string& told = work.next.last_skipped;
  told = "{\"position\":" + PositionJson(event.position()) + ",\"reason\":";
  AppendJsonString(told, reason);
  told += '}';
}

Status PageFold::Write(std::vector<Work>& works) {
  return state_.Transaction([&]() -> Status {
    for (const Work& work : works) {
      for (const auto& [key, cell] : work.cells) {
        if (!cell.changed) continue;
        Status put;
        if (cell.bytes > 0) {
          put = states_.Put(work.next.id, {key, cell.state.Compact(), cell.sequence, {}});
        } else if (cell.stored) {
          put = states_.Remove(work.next.id, key);
        }
        if (!put) return put;
      }
      if (auto saved = ProjectionStore(state_).Save(work.next); !saved) return saved;
    }
    return {};
  });
}

}  // namespace notify::agent::projection
