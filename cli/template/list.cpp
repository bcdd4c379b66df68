#include "cli/template/list.hpp"

#include <array>

namespace notify::cli::templates {
namespace {

constexpr std::array<output::Column, 6> kColumns = {{{"ID", "id"},
                                                     {"VERSION", "version"},
                                                     {"ACTIVE", "active"},
                                                     {"NAME", "name"},
                                                     {"CREATED", "createdAt", true},
                                                     {"DESCRIPTION", "description", true}}};

}  // namespace

Command& AddTemplateList(Command& noun, Factory& factory, RunHook<TemplateListOptions> run) {
  auto& command = noun.Add("list", "List the agent's templates", {"ls"});
  auto& options = command.Own(TemplateListOptions{.factory = &factory});
  AddListWindow(command, options.window);
  command.Example("notifyctl template list --tenant blue", "what notifications can say");
  return command.Runs(options, std::move(run));
}

Status RunTemplateList(const TemplateListOptions& options) {
  return ListAndPrint(*options.factory, {.operation = "listTemplates"}, options.window,
                      {.columns = kColumns}, "There are no templates: notifyctl template push DIR");
}

}  // namespace notify::cli::templates
