#include "cli/dlq/filter.hpp"

#include <array>

namespace notify::cli::dlq {

void AddFilter(Command& command, Filter& filter) {
  command
      .Option("--kind", "KIND", filter.kind,
              "only of consumers, or only deliveries of notifications")
      .OneOf({"consumer", "delivery"});
  command.Option("--consumer", "NAME", filter.consumer, "only of this consumer");
}

void ApplyFilter(const Filter& filter, client::Request& request) {
  request.With("kind", filter.kind).With("consumer", filter.consumer);
}

std::span<const output::Column> DeadLetterColumns() {
  static constexpr std::array<output::Column, 13> kColumns = {{{"ID", "id"},
                                                               {"KIND", "kind"},
                                                               {"CONSUMER", "consumer"},
                                                               {"CHANNEL", "channel"},
                                                               {"EVENT", "event.sequence"},
                                                               {"ATTEMPTS", "attempts"},
                                                               {"STATE", "state"},
                                                               {"FAILED", "failedAt"},
                                                               {"REASON", "reason"},
                                                               {"TYPE", "type", true},
                                                               {"RECIPIENT", "recipient", true},
                                                               {"RULE", "rule", true},
                                                               {"EPOCH", "event.epoch", true}}};
  return kColumns;
}

}  // namespace notify::cli::dlq
