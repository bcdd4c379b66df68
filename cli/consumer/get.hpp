#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

struct ConsumerGetOptions {
  Factory* factory = nullptr;
  std::string name;
};

Command& AddConsumerGet(Command& noun, Factory& factory, RunHook<ConsumerGetOptions> run);
/// Shows a consumer. kNotFound where there is none of that name.
Status RunConsumerGet(const ConsumerGetOptions& options);

}  // namespace notify::cli::consumer
