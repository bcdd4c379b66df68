#include "agent/consumer/page_reader.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::consumer {

void PageReader::Take(Position from, ReadPage page) {
  from_ = page.gap ? page.gap->resumed_after : from;
  page_ = std::move(page);
  batch_ = 0;
}

bool PageReader::Covers(Position cursor) const {
  return cursor >= from_ && cursor < page_.after && cursor.epoch == page_.after.epoch;
}

std::optional<PageReader::Event> PageReader::Next(Position cursor) {
  const std::uint64_t next = cursor.sequence.value + 1;
  const auto& batches = page_.batches;
  // A cursor that went back finds its batch again.
  if (batch_ > 0 && batches[batch_ - 1]->last().value >= next) batch_ = 0;
  while (batch_ < batches.size() && batches[batch_]->last().value < next) ++batch_;
  if (batch_ == batches.size()) return std::nullopt;
  const CommittedBatch& batch = *batches[batch_];
  const std::uint64_t first = batch.first.value;
  const std::size_t index = next > first ? next - first : 0;
  return Event{&batch, index, {batch.epoch, Sequence{first + index}}};
}

}  // namespace notify::agent::consumer
