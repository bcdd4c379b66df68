#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

struct ConsumerAckOptions {
  Factory* factory = nullptr;
  std::string name;
  std::string position;
  bool dry_run = false;
};

Command& AddConsumerAck(Command& noun, Factory& factory, RunHook<ConsumerAckOptions> run);
/// Acknowledges everything up to a position; it is not handed out again.
Status RunConsumerAck(const ConsumerAckOptions& options);

}  // namespace notify::cli::consumer
