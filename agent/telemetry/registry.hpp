#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "agent/telemetry/cells.hpp"
#include "agent/telemetry/families.hpp"
#include "agent/telemetry/label_table.hpp"

namespace notify::agent::telemetry {

/// The series of all families, with the two bounds: how many tenants have a label of their own
/// (first come, first served; a tenant that is called `other` never has), and how many series a
/// family holds (FamilyInfo::MaxSeries). What is beyond is summed under `other`.
/// Threads: any. Resolving a known series takes no lock.
/// Lifetime: outlives its handles.
class Registry {
 public:
  /// `max_tenants`: 0 puts all under `other`.
  explicit Registry(std::size_t max_tenants);

  /// The first cell of the series; `values` in the order of the family's labels.
  CellIndex Resolve(FamilyId family, std::span<std::string_view> values);

  Cells& cells() { return cells_; }
  const Cells& cells() const { return cells_; }
  const LabelTable& series(FamilyId family) const {
    return families_[static_cast<std::size_t>(family)];
  }

 private:
  bool HasLabel(std::string_view tenant);

  const std::size_t max_tenants_;
  Cells cells_;
  LabelTable tenants_;
  std::array<LabelTable, kFamilies.size()> families_;
};

}  // namespace notify::agent::telemetry
