#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::dlq {

struct DlqShowOptions {
  Factory* factory = nullptr;
  std::string id;
};

Command& AddDlqShow(Command& noun, Factory& factory, RunHook<DlqShowOptions> run);
/// Shows a dead letter with its event or delivery. kNotFound.
Status RunDlqShow(const DlqShowOptions& options);

}  // namespace notify::cli::dlq
