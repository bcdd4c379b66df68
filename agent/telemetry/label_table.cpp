#include "agent/telemetry/label_table.hpp"

#include <algorithm>
#include <cstdint>

namespace notify::agent::telemetry {
namespace {

constexpr std::size_t kFirstSlots = 16;

std::size_t HashOf(LabelTable::Values values) {
  std::uint64_t hash = 0;
  for (const std::string_view value : values) {
    hash = hash * 0x9E3779B97F4A7C15ULL + std::hash<std::string_view>{}(value);
  }
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

}  // namespace

LabelTable::LabelTable() {
  slots_.push_back(std::make_unique<Slots>(kFirstSlots));
  current_.store(slots_.back().get(), std::memory_order_release);
}

const Series* LabelTable::Find(const Slots& slots, Values values, std::size_t hash) {
  const std::size_t mask = slots.at.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    const Series* series = slots.at[i].load(std::memory_order_acquire);
    if (series == nullptr) return nullptr;
    if (series->hash == hash && std::ranges::equal(series->labels, values)) return series;
  }
}

const Series* LabelTable::Find(Values values) const {
  return Find(*current_.load(std::memory_order_acquire), values, HashOf(values));
}

const Series* LabelTable::FindOrAdd(Values values, std::size_t limit,
                                    const std::function<CellIndex()>& allocate) {
  const std::size_t hash = HashOf(values);
  // In this order: whatever the size counts is in the slots that are read after it.
  const std::size_t size_before = size();
  if (const Series* found = Find(*current_.load(std::memory_order_acquire), values, hash)) {
    return found;
  }
  // It only grows: full once is full for ever, and needs no lock to say so.
  if (size_before >= limit) return nullptr;
  const std::lock_guard lock(adding_);
  if (const Series* found = Find(*slots_.back(), values, hash)) return found;
  if (series_.size() >= limit) return nullptr;
  if ((series_.size() + 1) * 2 > slots_.back()->at.size()) GrowLocked();
  auto fresh = std::make_unique<Series>();
  fresh->labels.assign(values.begin(), values.end());
  fresh->cell = allocate();
  fresh->hash = hash;
  series_.push_back(std::move(fresh));
  Put(*slots_.back(), *series_.back());
  size_.store(series_.size(), std::memory_order_release);
  return series_.back().get();
}

void LabelTable::Put(Slots& slots, const Series& series) {
  const std::size_t mask = slots.at.size() - 1;
  std::size_t i = series.hash & mask;
  while (slots.at[i].load(std::memory_order_relaxed) != nullptr) i = (i + 1) & mask;
  slots.at[i].store(&series, std::memory_order_release);
}

void LabelTable::GrowLocked() {
  auto larger = std::make_unique<Slots>(slots_.back()->at.size() * 2);
  for (const auto& series : series_) Put(*larger, *series);
  slots_.push_back(std::move(larger));
  current_.store(slots_.back().get(), std::memory_order_release);
}

std::vector<const Series*> LabelTable::Sorted() const {
  std::vector<const Series*> all;
  {
    const std::lock_guard lock(adding_);
    all.reserve(series_.size());
    for (const auto& series : series_) all.push_back(series.get());
  }
  std::ranges::sort(
      all, {}, [](const Series* series) -> const auto& { return series->labels; });
  return all;
}

}  // namespace notify::agent::telemetry
