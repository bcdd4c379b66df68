#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

struct ConsumerNackOptions {
  Factory* factory = nullptr;
  std::string name;
  std::string position;
  bool dry_run = false;
};

Command& AddConsumerNack(Command& noun, Factory& factory, RunHook<ConsumerNackOptions> run);
/// Refuses one event: it is handed out again, or becomes a dead letter.
Status RunConsumerNack(const ConsumerNackOptions& options);

}  // namespace notify::cli::consumer
