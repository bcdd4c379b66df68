#include "cli/stream/columns.hpp"

#include <array>

namespace notify::cli::stream {

std::span<const output::Column> SnapshotColumns() {
  static constexpr std::array<output::Column, 4> kColumns = {
      {{"STREAM", "stream"}, {"VERSION", "version"}, {"TAKEN", "takenAt"}, {"BYTES", "bytes"}}};
  return kColumns;
}

}  // namespace notify::cli::stream
