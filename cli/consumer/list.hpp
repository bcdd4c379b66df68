#pragma once

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

struct ConsumerListOptions {
  Factory* factory = nullptr;
  ListWindow window;
};

Command& AddConsumerList(Command& noun, Factory& factory, RunHook<ConsumerListOptions> run);
/// Lists the consumers of a tenant.
Status RunConsumerList(const ConsumerListOptions& options);

}  // namespace notify::cli::consumer
