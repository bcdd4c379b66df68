#pragma once

#include <string>

#include "cli/client/api_client.hpp"
#include "cli/command.hpp"
#include "cli/output/printer.hpp"

namespace notify::cli::dlq {

/// Which dead letters.
struct Filter {
  std::string kind;
  std::string consumer;
};

/// Adds --kind and --consumer.
void AddFilter(Command& command, Filter& filter);
/// Adds what is set to the query.
void ApplyFilter(const Filter& filter, client::Request& request);

/// What people see of a dead letter.
std::span<const output::Column> DeadLetterColumns();

}  // namespace notify::cli::dlq
