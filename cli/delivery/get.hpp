#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::delivery {

struct DeliveryGetOptions {
  Factory* factory = nullptr;
  std::string id;
  bool reveal = false;
};

Command& AddDeliveryGet(Command& noun, Factory& factory, RunHook<DeliveryGetOptions> run);
/// Shows where a delivery stands, and for people its attempts below. kNotFound.
Status RunDeliveryGet(const DeliveryGetOptions& options);

}  // namespace notify::cli::delivery
