#include "agent/eventlog/duplicates.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::eventlog {

std::optional<Sequence> Duplicates::Find(std::uint64_t key) const {
  if (const auto found = young_.Find(key)) return found;
  return old_.Find(key);
}

void Duplicates::Insert(std::uint64_t generation, std::uint64_t key, Sequence sequence) {
  if (generation != young_.number) {
    old_ = std::exchange(young_, Generation{});
    young_.number = generation;
  }
  young_.Insert(key, sequence);
}

bool Duplicates::Drop(std::uint64_t generation) {
  bool had_some = false;
  for (Generation* each : {&old_, &young_}) {
    if (each->number > generation) continue;
    had_some = had_some || each->count > 0;
    *each = Generation{};
  }
  return had_some;
}

std::optional<Sequence> Duplicates::Generation::Find(std::uint64_t key) const {
  if (entries.empty()) return std::nullopt;
  const std::size_t mask = entries.size() - 1;
  for (std::size_t at = key & mask; entries[at].key != 0; at = (at + 1) & mask) {
    if (entries[at].key == key) return Sequence{entries[at].sequence};
  }
  return std::nullopt;
}

void Duplicates::Generation::Insert(std::uint64_t key, Sequence sequence) {
  if ((count + 1) * 4 > entries.size() * 3) Grow();
  const std::size_t mask = entries.size() - 1;
  std::size_t at = key & mask;
  while (entries[at].key != 0 && entries[at].key != key) at = (at + 1) & mask;
  if (entries[at].key == 0) ++count;
  entries[at] = {key, sequence.value};
}

void Duplicates::Generation::Grow() {
  std::vector<Entry> larger(std::max<std::size_t>(entries.size() * 2, 64));
  const std::size_t mask = larger.size() - 1;
  for (const Entry& entry : entries) {
    if (entry.key == 0) continue;
    std::size_t at = entry.key & mask;
    while (larger[at].key != 0) at = (at + 1) & mask;
    larger[at] = entry;
  }
  entries = std::move(larger);
}

}  // namespace notify::agent::eventlog
