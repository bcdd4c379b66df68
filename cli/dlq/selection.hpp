#pragma once

#include <string>
#include <string_view>

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/dlq/filter.hpp"
#include "cli/factory.hpp"

namespace notify::cli::dlq {

/// Which dead letters a command is for: the one named, or all that match.
struct Selection {
  Factory* factory = nullptr;
  std::string id;
  bool all = false;
  Filter filter;
  bool yes = false;
  bool dry_run = false;
};

/// Adds ID, --all, the filter, --yes and --dry-run.
void AddSelection(Command& command, Selection& selection, std::string yes_help);

/// The request that does something with what is selected: `one` and `many` are the operations.
/// kUsage where nothing is selected, or one and all.
Result<client::Request> RequestFor(const Selection& selection, std::string one, std::string many);

/// The refusal of a command that needs --yes: `deed` goes on `This …`, as in `removes`.
Error NeedsYes(const Selection& selection, std::string_view verb, std::string_view deed);

/// Makes the call, and says how many letters it was for, in the answer's member `count`; or of one
/// that it `is` now, as in `removed`.
Status CallFor(const Selection& selection, const client::Request& request, output::Column count,
               std::string_view is);

}  // namespace notify::cli::dlq
