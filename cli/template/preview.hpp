#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::templates {

struct TemplatePreviewOptions {
  Factory* factory = nullptr;
  std::string folder;
  std::string data;
  std::string sample;
  std::string partials;
  std::string missing;
  std::vector<std::string> channels;
};

Command& AddTemplatePreview(Command& noun, Factory& factory, RunHook<TemplatePreviewOptions> run);
/// Renders a template folder for each channel, here, with the agent's engine. kInvalidTemplate and
/// kTemplateData with file, line and column.
Status RunTemplatePreview(const TemplatePreviewOptions& options);

}  // namespace notify::cli::templates
