#pragma once

#include <cstdint>
#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

struct ConsumerFetchOptions {
  Factory* factory = nullptr;
  std::string name;
  std::int64_t max = 100;
  std::string wait;
  bool ack = false;
};

Command& AddConsumerFetch(Command& noun, Factory& factory, RunHook<ConsumerFetchOptions> run);
/// Takes the next events of a consumer and prints them; with `ack` they are acknowledged once
/// standard output has them.
Status RunConsumerFetch(const ConsumerFetchOptions& options);

}  // namespace notify::cli::consumer
