#include "cli/event/columns.hpp"

#include <array>

namespace notify::cli::event {

std::span<const output::Column> EventColumns() {
  static constexpr std::array<output::Column, 12> kColumns = {
      {{"SEQUENCE", "sequence"},
       {"RECORDED", "recordedtime"},
       {"TYPE", "type"},
       {"SUBJECT", "subject", true},
       {"ID", "id", true},
       {"EPOCH", "epoch", true},
       {"SOURCE", "source", true},
       {"USER", "userid", true},
       {"CORRELATION", "correlationid", true},
       {"PRIORITY", "priority", true},
       {"REPLAYED", "replayed", true},
       {"DATA", "data"}}};
  return kColumns;
}

}  // namespace notify::cli::event
