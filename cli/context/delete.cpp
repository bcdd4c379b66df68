#include "cli/context/delete.hpp"

namespace notify::cli::context {

Command& AddContextDelete(Command& noun, Factory& factory, RunHook<ContextDeleteOptions> run) {
  auto& command = noun.Add("delete", "Forget a context", {"rm"});
  auto& options = command.Own(ContextDeleteOptions{.factory = &factory});
  command.Argument("NAME", options.name, "of the context").Required();
  command.Example("notifyctl context delete staging", "its token is forgotten, too");
  return command.Runs(options, std::move(run));
}

Status RunContextDelete(const ContextDeleteOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  const auto path = options.factory->ContextsPath();
  auto contexts = client::LoadContexts(path);
  if (!contexts) return std::move(contexts.error());
  const auto removed = std::erase_if(
      contexts->saved, [&](const auto& context) { return context.name == options.name; });
  if (removed == 0) {
    return Fail(Errc::kNotFound, "No context is called \"" + options.name + "\".",
                "notifyctl context list");
  }
  if (contexts->current == options.name) contexts->current.clear();
  auto saved = client::SaveContexts(path, *contexts);
  if (!saved) return saved;
  printer->Note("Context " + options.name + " is forgotten.");
  return {};
}

}  // namespace notify::cli::context
