#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

struct ConsumerSeekOptions {
  Factory* factory = nullptr;
  std::string name;
  std::string after;
  bool yes = false;
  bool dry_run = false;
};

Command& AddConsumerSeek(Command& noun, Factory& factory, RunHook<ConsumerSeekOptions> run);
/// Moves a consumer to another position. kUsage without `yes`.
Status RunConsumerSeek(const ConsumerSeekOptions& options);

}  // namespace notify::cli::consumer
