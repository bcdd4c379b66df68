#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::consumer {

struct ConsumerTailOptions {
  Factory* factory = nullptr;
  std::string name;
  std::optional<std::int64_t> limit;
};

Command& AddConsumerTail(Command& noun, Factory& factory, RunHook<ConsumerTailOptions> run);
/// Prints the events of a consumer as they come and acknowledges each part once standard output
/// has it, until `limit` or a refusal. Connects again by itself.
Status RunConsumerTail(const ConsumerTailOptions& options);

}  // namespace notify::cli::consumer
