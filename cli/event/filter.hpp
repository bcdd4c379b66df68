#pragma once

#include <string>
#include <vector>

#include "cli/client/api_client.hpp"
#include "cli/command.hpp"

namespace notify::cli::event {

/// Which events: the same members for list, tail and replay. What is empty does not matter.
struct Filter {
  std::string after;  ///< A position, exclusive.
  std::string since;  ///< RFC 3339, or a duration back from now; the agent reads both.
  std::string until;
  std::vector<std::string> types;
  std::string subject;
  std::string userid;
  std::string topic;
  std::string stream;
};

/// Adds --type, --subject, --userid, --topic.
void AddContentFilter(Command& command, Filter& filter);
/// Adds --after, --since (--from) and --until (--to).
void AddRange(Command& command, Filter& filter);

/// Adds what is set to the query.
void ApplyFilter(const Filter& filter, client::Request& request);

/// kUsage where `after` is not a position.
Status CheckPosition(const std::string& after);

}  // namespace notify::cli::event
