#include "agent/inbox/page_changes.hpp"

#include <algorithm>
#include <utility>

#include "agent/inbox/inbox_events.hpp"
#include "common/model/event.hpp"

namespace notify::agent::inbox {
namespace {

constexpr std::string_view kPrefix = "notification.";

bool IsReplay(const EventView& event) {
  return std::ranges::any_of(
      event.extensions, [](const Extension& extension) { return extension.name == "replayof"; });
}

}  // namespace

PageChanges::PageChanges(const ReadPage& page, Position from) {
  for (const BatchPtr& batch : page.batches) {
    for (std::size_t i = 0; i < batch->events.size(); ++i) {
      const Position position{batch->epoch, Sequence{batch->first.value + i}};
      if (position.epoch == from.epoch && position <= from) continue;
      Look(*batch, i);
    }
  }
}

void PageChanges::Look(const CommittedBatch& batch, std::size_t index) {
  const std::string_view record = batch.events.Record(index);
  const auto keys = ReadRecordKeys(record);
  if (!keys || keys->imported || !keys->type.starts_with(kPrefix)) return;
  EventView event;
  if (!ReadRecord(record, event) || IsReplay(event)) return;
  const std::int64_t at_ms = batch.RecordedMs(index);
  if (auto item = ReadCreated(event)) {
    item->sequence.value = batch.first.value + index;
    item->created_ms = at_ms;
    users_.insert(item->user);
    changes_.emplace_back(std::move(*item));
  } else if (auto marking = ReadMarking(event)) {
    users_.insert(marking->user);
    changes_.emplace_back(Marked{std::move(*marking), at_ms});
  }
}

Status PageChanges::WriteTo(InboxStore& store, std::size_t most_items,
                            std::size_t most_of_all) const {
  for (const auto& change : changes_) {
    const auto* item = std::get_if<Item>(&change);
    const auto* marked = std::get_if<Marked>(&change);
    auto written = item != nullptr ? store.Add(*item) : store.Apply(marked->marking, marked->at_ms);
    if (!written) return written;
  }
  for (const std::string& user : users_) {
    if (auto trimmed = store.Trim(user, most_items); !trimmed) return trimmed;
  }
  return store.TrimAll(most_of_all);
}

}  // namespace notify::agent::inbox
