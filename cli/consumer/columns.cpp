#include "cli/consumer/columns.hpp"

#include <array>

namespace notify::cli::consumer {

std::span<const output::Column> ConsumerColumns() {
  static constexpr std::array<output::Column, 13> kColumns = {
      {{"NAME", "name"},
       {"TYPES", "types"},
       {"POSITION", "position.sequence"},
       {"LAG", "lag"},
       {"IN FLIGHT", "inFlight"},
       {"USED", "usedAt"},
       {"TOPICS", "topics", true},
       {"MAX IN FLIGHT", "maxInFlight", true},
       {"ACK TIMEOUT", "ackTimeout", true},
       {"MAX ATTEMPTS", "maxAttempts", true},
       {"EXPIRE AFTER", "expireAfter", true},
       {"HOLD FOR", "holdFor", true},
       {"CREATED", "createdAt", true}}};
  return kColumns;
}

std::span<const output::Column> FetchedColumns() {
  static constexpr std::array<output::Column, 9> kColumns = {{{"SEQUENCE", "sequence"},
                                                              {"RECORDED", "recordedtime"},
                                                              {"TYPE", "type"},
                                                              {"SUBJECT", "subject"},
                                                              {"REDELIVERED", "redelivered"},
                                                              {"ID", "id", true},
                                                              {"EPOCH", "epoch", true},
                                                              {"SOURCE", "source", true},
                                                              {"DATA", "data"}}};
  return kColumns;
}

}  // namespace notify::cli::consumer
