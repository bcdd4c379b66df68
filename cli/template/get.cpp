#include "cli/template/get.hpp"

#include <array>

namespace notify::cli::templates {
namespace {

constexpr std::array<output::Column, 6> kLines = {{{"ID", "id"},
                                                   {"NAME", "name"},
                                                   {"DESCRIPTION", "description"},
                                                   {"VERSION", "version"},
                                                   {"ACTIVE", "active"},
                                                   {"CREATED", "createdAt"}}};

}  // namespace

Command& AddTemplateGet(Command& noun, Factory& factory, RunHook<TemplateGetOptions> run) {
  auto& command = noun.Add("get", "Show a template of the agent with its files", {"show"});
  auto& options = command.Own(TemplateGetOptions{.factory = &factory});
  command.Argument("ID", options.id, "of the template").Required();
  command.Example("notifyctl template get fx-quote-created --tenant blue", "with all its files");
  return command.Runs(options, std::move(run));
}

Status RunTemplateGet(const TemplateGetOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  const auto got = (*client)->Call({.operation = "getTemplate", .path = {{"id", options.id}}});
  if (!got) return got.error();
  printer->Object(*got, kLines, "id");
  const auto* files = got->Find("files");
  if (printer->machine_readable() || files == nullptr) return {};
  auto& streams = options.factory->streams();
  for (const auto& [name, text] : files->members()) {
    streams.Out("\n--- " + name + "\n" + text.Text());
    if (!text.Text().ends_with('\n')) streams.Out("\n");
  }
  return {};
}

}  // namespace notify::cli::templates
