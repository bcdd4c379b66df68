#include "cli/projection/columns.hpp"

#include <array>

namespace notify::cli::projection {

std::span<const output::Column> ProjectionColumns() {
  static constexpr std::array<output::Column, 13> kColumns = {
      {{"NAME", "name"},
       {"STATUS", "status"},
       {"KEYS", "keys"},
       {"POSITION", "position.sequence"},
       {"LAG", "lag"},
       {"SKIPPED", "skipped"},
       {"VERSION", "version", true},
       {"EVENTS", "events", true},
       {"BYTES", "bytes", true},
       {"LAST SKIPPED", "lastSkipped.reason", true},
       {"GAP", "gap.missed", true},
       {"REBUILD", "rebuild.progress", true},
       {"UPDATED", "updatedAt", true}}};
  return kColumns;
}

std::span<const output::Column> StateColumns() {
  static constexpr std::array<output::Column, 3> kColumns = {
      {{"KEY", "key"}, {"STATE", "state"}, {"SEQUENCE", "sequence", true}}};
  return kColumns;
}

}  // namespace notify::cli::projection
