#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::agent {

struct AgentBackupOptions {
  Factory* factory = nullptr;
  std::string file;
  bool replace = false;
};

Command& AddAgentBackup(Command& noun, Factory& factory, RunHook<AgentBackupOptions> run);
/// Writes a backup of the running agent to a file, proven by its checksums; `-` is standard output.
/// kConflict where the file is there and `replace` is not given.
Status RunAgentBackup(const AgentBackupOptions& options);

}  // namespace notify::cli::agent
