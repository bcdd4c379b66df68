#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::templates {

struct TemplateGetOptions {
  Factory* factory = nullptr;
  std::string id;
};

Command& AddTemplateGet(Command& noun, Factory& factory, RunHook<TemplateGetOptions> run);
/// Shows a template of the agent with its files. kNotFound where there is none of that id.
Status RunTemplateGet(const TemplateGetOptions& options);

}  // namespace notify::cli::templates
