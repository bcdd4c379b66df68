#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::templates {

struct TemplatePushOptions {
  Factory* factory = nullptr;
  std::string folder;
  bool dry_run = false;
};

Command& AddTemplatePush(Command& noun, Factory& factory, RunHook<TemplatePushOptions> run);
/// Checks a template folder and stores it with the agent as a new version. kInvalidTemplate with
/// file, line and column where it is not right; then nothing is sent.
Status RunTemplatePush(const TemplatePushOptions& options);

}  // namespace notify::cli::templates
