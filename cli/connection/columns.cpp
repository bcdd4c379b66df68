#include "cli/connection/columns.hpp"

#include <array>

namespace notify::cli::connection {

std::span<const output::Column> ConnectionColumns() {
  static constexpr std::array<output::Column, 14> kColumns = {{{"ID", "id"},
                                                               {"USER", "user"},
                                                               {"TRANSPORT", "transport"},
                                                               {"SINCE", "since"},
                                                               {"ADDRESS", "address"},
                                                               {"LAG", "lag"},
                                                               {"QUEUED", "queuedBytes"},
                                                               {"ACTOR", "actor", true},
                                                               {"ROLES", "roles", true},
                                                               {"PROTOCOL", "protocol", true},
                                                               {"STATEFUL", "stateful", true},
                                                               {"DETACHED", "detached", true},
                                                               {"GROUPS", "groups", true},
                                                               {"AGENT", "agent", true}}};
  return kColumns;
}

}  // namespace notify::cli::connection
