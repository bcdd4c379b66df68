#include "cli/delivery/noun.hpp"

#include "cli/delivery/get.hpp"
#include "cli/delivery/list.hpp"

namespace notify::cli::delivery {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("delivery",
                        "Deliveries: notifications on their way to recipients, message by message",
                        {"deliveries"});
  AddDeliveryGet(noun, factory, RunDeliveryGet);
  AddDeliveryList(noun, factory, RunDeliveryList);
}

}  // namespace notify::cli::delivery
