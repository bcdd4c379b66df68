#pragma once

#include "cli/calls.hpp"
#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::templates {

struct TemplateListOptions {
  Factory* factory = nullptr;
  ListWindow window;
};

Command& AddTemplateList(Command& noun, Factory& factory, RunHook<TemplateListOptions> run);
/// Lists the agent's templates: the tenant's and the shipped ones.
Status RunTemplateList(const TemplateListOptions& options);

}  // namespace notify::cli::templates
