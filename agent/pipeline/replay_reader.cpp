#include "agent/pipeline/replay_reader.hpp"

#include <utility>

#include "agent/replay/copy.hpp"

namespace notify::agent::pipeline {
namespace {

constexpr std::size_t kPageBytes = 256 * 1024;

bool IsBehind(const replay::Selection& selection, Position position) {
  return selection.last && position.sequence > selection.last->sequence;
}

/// Whether `event` copies one between `start` and itself.
bool CopiesOneOf(const EventView& event, Position start, Position position) {
  const Position original = replay::OriginalOf(event);
  return original.sequence.value > 0 && original.epoch == position.epoch &&
         original.sequence > start.sequence && original.sequence < position.sequence;
}

}  // namespace

EventView PickedEvent::View() const {
  EventView event;
  ReadRecord(batch->events.Record(index), event);
  return event;
}

async::Task<Result<PickedPage>> ReadPicked(EventSource& events, TenantHandle tenant,
                                           const replay::Selection& selection, Position start,
                                           Position after) {
  auto page = co_await events.Read(tenant, after, kPageBytes);
  if (!page) co_return page.error();
  PickedPage picked;
  picked.gap = page->gap;
  picked.after = page->after;
  picked.over = page->at_head;
  const Position from = page->gap ? page->gap->resumed_after : after;
  EventView event;
  for (const BatchPtr& batch : page->batches) {
    for (std::size_t i = 0; i < batch->events.size(); ++i) {
      const Position position{batch->epoch, Sequence{batch->first.value + i}};
      if (position.sequence <= from.sequence) continue;
      const std::int64_t recorded_ms = batch->RecordedMs(i);
      if (IsBehind(selection, position) || selection.IsOver(recorded_ms)) {
        picked.over = true;
        picked.after = {batch->epoch, Sequence{position.sequence.value - 1}};
        co_return picked;
      }
      if (!ReadRecord(batch->events.Record(i), event)) continue;
      if (!selection.Matches(event, recorded_ms)) continue;
      picked.events.push_back(
          {position, recorded_ms, batch, i, CopiesOneOf(event, start, position)});
    }
  }
  picked.over =
      picked.over || (selection.last && picked.after.sequence >= selection.last->sequence);
  co_return picked;
}

}  // namespace notify::agent::pipeline
