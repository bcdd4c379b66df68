#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

struct ConsumerCreateOptions {
  Factory* factory = nullptr;
  std::string name;
  std::string file;
  std::vector<std::string> types;
  std::vector<std::string> topics;
  std::string after;
  std::optional<std::int64_t> max_in_flight;
  std::string ack_timeout;
  std::optional<std::int64_t> max_attempts;
  std::string expire_after;
  std::string hold_for;
  bool if_not_exists = false;
  bool dry_run = false;
};

Command& AddConsumerCreate(Command& noun, Factory& factory, RunHook<ConsumerCreateOptions> run);
/// Creates a consumer. kConflict where there is one of that name, unless `if_not_exists`.
Status RunConsumerCreate(const ConsumerCreateOptions& options);

}  // namespace notify::cli::consumer
