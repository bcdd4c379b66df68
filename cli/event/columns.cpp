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

std::span<const output::Column> ScheduledColumns() {
  static constexpr std::array<output::Column, 9> kColumns = {{{"SCHEDULED", "scheduledAt"},
                                                              {"STATUS", "status"},
                                                              {"TYPE", "type"},
                                                              {"SUBJECT", "subject"},
                                                              {"ID", "id"},
                                                              {"SOURCE", "source", true},
                                                              {"USER", "userid", true},
                                                              {"ACCEPTED", "acceptedAt", true},
                                                              {"DETAIL", "detail", true}}};
  return kColumns;
}

}  // namespace notify::cli::event
