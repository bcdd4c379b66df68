#pragma once

#include <string>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::delivery {

struct DeliveryListOptions {
  Factory* factory = nullptr;
  std::string notification;
  std::string event;
  std::string user;
  std::string channel;
  std::string status;
  bool reveal = false;
  ListWindow window;
};

Command& AddDeliveryList(Command& noun, Factory& factory, RunHook<DeliveryListOptions> run);
/// Lists deliveries, newest first.
Status RunDeliveryList(const DeliveryListOptions& options);

}  // namespace notify::cli::delivery
