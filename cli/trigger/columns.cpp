#include "cli/trigger/columns.hpp"

#include <array>

namespace notify::cli::trigger {

std::span<const output::Column> TriggerColumns() {
  static constexpr std::array<output::Column, 9> kColumns = {{{"ID", "id"},
                                                              {"ON", "on"},
                                                              {"TEMPLATE", "template"},
                                                              {"CHANNELS", "channels"},
                                                              {"AUDIENCE", "audience"},
                                                              {"ENABLED", "enabled"},
                                                              {"WHEN", "when", true},
                                                              {"VERSION", "version", true},
                                                              {"CREATED", "createdAt", true}}};
  return kColumns;
}

}  // namespace notify::cli::trigger
