#include "cli/context/use.hpp"

namespace notify::cli::context {

Command& AddContextUse(Command& noun, Factory& factory, RunHook<ContextUseOptions> run) {
  auto& command = noun.Add("use", "Use a remembered context from now on");
  auto& options = command.Own(ContextUseOptions{.factory = &factory});
  command.Argument("NAME", options.name, "of the context").Required();
  command.Example("notifyctl context use staging", "commands go to staging from now on");
  return command.Runs(options, std::move(run));
}

Status RunContextUse(const ContextUseOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  const auto path = options.factory->ContextsPath();
  auto contexts = client::LoadContexts(path);
  if (!contexts) return std::move(contexts.error());
  if (contexts->Find(options.name) == nullptr) {
    return Fail(Errc::kNotFound, "No context is called \"" + options.name + "\".",
                "notifyctl context list");
  }
  contexts->current = options.name;
  auto saved = client::SaveContexts(path, *contexts);
  if (!saved) return saved;
  printer->Note("Context " + options.name + " is in use.");
  return {};
}

}  // namespace notify::cli::context
