#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::templates {

struct TemplateRenderOptions {
  Factory* factory = nullptr;
  std::string file;
  std::string data;
  std::string partials;
  std::string missing;
  std::string escape;
  bool batch = false;
};

Command& AddTemplateRender(Command& noun, Factory& factory, RunHook<TemplateRenderOptions> run);
/// Renders one file and prints the text alone; with `batch` a request a line from standard input,
/// an answer a line. kInvalidTemplate and kTemplateData with file, line and column; in a batch they
/// are answers.
Status RunTemplateRender(const TemplateRenderOptions& options);

}  // namespace notify::cli::templates
