#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

struct ConsumerDeleteOptions {
  Factory* factory = nullptr;
  std::string name;
  bool yes = false;
  bool dry_run = false;
};

Command& AddConsumerDelete(Command& noun, Factory& factory, RunHook<ConsumerDeleteOptions> run);
/// Deletes a consumer and its position. kUsage without `yes`.
Status RunConsumerDelete(const ConsumerDeleteOptions& options);

}  // namespace notify::cli::consumer
