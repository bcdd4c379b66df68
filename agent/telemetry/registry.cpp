#include "agent/telemetry/registry.hpp"

#include <limits>

#include "agent/telemetry/buckets.hpp"

namespace notify::agent::telemetry {
namespace {

constexpr std::size_t CellsOf(const FamilyInfo& family) {
  return family.IsHistogram() ? kHistogramCells : 1;
}

constexpr std::size_t MostCells() {
  std::size_t cells = 0;
  for (const FamilyInfo& family : kFamilies) {
    const std::size_t series = family.LabelCount() == 0 ? 1 : family.MaxSeries() + 1;
    // One more than it takes: what stays free at the end of a chunk.
    cells += series * (CellsOf(family) + (family.IsHistogram() ? 1 : 0));
  }
  return cells + kChunkCells;
}
static_assert(MostCells() <= kMaxCells);

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    if (kFamilies[i].id != static_cast<FamilyId>(i)) return false;
  }
  return true;
}
static_assert(IsInOrder());

}  // namespace

Registry::Registry(std::size_t max_tenants) : max_tenants_(max_tenants) {
  for (const FamilyInfo& family : kFamilies) {
    // A family without labels is there from the start, at 0.
    if (family.LabelCount() == 0 && !IsReadAtScrape(family.id)) Resolve(family.id, {});
  }
}

bool Registry::HasLabel(std::string_view tenant) {
  // No tenant is none of them: it takes nobody's place.
  if (tenant.empty()) return true;
  if (tenant == kOther) return false;
  return tenants_.FindOrAdd({&tenant, 1}, max_tenants_, [] { return CellIndex{0}; }) != nullptr;
}

CellIndex Registry::Resolve(FamilyId id, std::span<std::string_view> values) {
  const FamilyInfo& family = Describe(id);
  if (const auto tenant = family.TenantLabel(); tenant && !HasLabel(values[*tenant])) {
    values[*tenant] = kOther;
  }
  LabelTable& table = families_[static_cast<std::size_t>(id)];
  const auto allocate = [&] { return cells_.Allocate(CellsOf(family)); };
  if (const Series* series = table.FindOrAdd(values, family.MaxSeries(), allocate)) {
    return series->cell;
  }
  for (std::string_view& value : values) value = kOther;
  return table.FindOrAdd(values, std::numeric_limits<std::size_t>::max(), allocate)->cell;
}

}  // namespace notify::agent::telemetry
