#include "cli/delivery/columns.hpp"

#include <array>

namespace notify::cli::delivery {

std::span<const output::Column> DeliveryColumns() {
  static constexpr std::array<output::Column, 17> kColumns = {
      {{"ID", "id"},
       {"CHANNEL", "channel"},
       {"RECIPIENT", "recipient"},
       {"STATUS", "status"},
       {"ATTEMPTS", "attempts"},
       {"NEXT", "nextAttemptAt"},
       {"UPDATED", "updatedAt"},
       {"DETAIL", "detail"},
       {"NOTIFICATION", "notification", true},
       {"EPOCH", "event.epoch", true},
       {"SEQUENCE", "event.sequence", true},
       {"RULE", "rule", true},
       {"TEMPLATE", "templateId", true},
       {"USER", "userId", true},
       {"CREATED", "createdAt", true},
       {"DELIVERED", "deliveredAt", true},
       {"RECEIPT", "providerId", true}}};
  return kColumns;
}

std::span<const output::Column> AttemptColumns() {
  static constexpr std::array<output::Column, 8> kColumns = {{{"ROUND", "round"},
                                                              {"ATTEMPT", "attempt"},
                                                              {"AT", "at"},
                                                              {"TOOK ms", "tookMs"},
                                                              {"RESULT", "result"},
                                                              {"CODE", "code"},
                                                              {"DETAIL", "detail"},
                                                              {"RECEIPT", "providerId", true}}};
  return kColumns;
}

}  // namespace notify::cli::delivery
