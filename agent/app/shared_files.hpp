#pragma once

#include <string>
#include <vector>

#include "common/config/agent_config.hpp"

namespace notify::agent::app {

/// Where the shipped templates lie: `templates_dir`, else beside the program in a build or an
/// installation.
std::string TemplatesFolder(const AgentConfig& config);

/// Where the stock SignalR client for the page of `--dev` may lie.
std::vector<std::string> SignalrBundles();

}  // namespace notify::agent::app
