#include "cli/context/show.hpp"

#include <array>

namespace notify::cli::context {
namespace {

constexpr std::array<output::Column, 5> kLines = {{{"NAME", "name"},
                                                   {"ENDPOINT", "endpoint"},
                                                   {"FROM", "from"},
                                                   {"TENANT", "tenant"},
                                                   {"TOKEN", "hasToken"}}};

Result<Value> Describe(const ContextShowOptions& options, const client::Contexts& contexts) {
  auto value = Value::Object();
  if (options.name.empty()) {
    const auto access = options.factory->Access();
    if (!access) return access.error();
    value.Set("name", contexts.current)
        .Set("endpoint", access->endpoint.ToString())
        .Set("from", access->why)
        .Set("tenant", access->tenant)
        .Set("hasToken", !access->token.empty());
    return value;
  }
  const auto* context = contexts.Find(options.name);
  if (context == nullptr) {
    return Fail(Errc::kNotFound, "No context is called \"" + options.name + "\".",
                "notifyctl context list");
  }
  value.Set("name", context->name)
      .Set("endpoint", context->endpoint)
      .Set("tenant", context->tenant)
      .Set("hasToken", !context->token.empty());
  return value;
}

}  // namespace

Command& AddContextShow(Command& noun, Factory& factory, RunHook<ContextShowOptions> run) {
  auto& command = noun.Add("show", "Show a context, or what a command would use now and why");
  auto& options = command.Own(ContextShowOptions{.factory = &factory});
  command.Argument("NAME", options.name, "of the context (default: what applies now)");
  command.Example("notifyctl context show", "the agent that commands go to, and why");
  return command.Runs(options, std::move(run));
}

Status RunContextShow(const ContextShowOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  const auto contexts = client::LoadContexts(options.factory->ContextsPath());
  if (!contexts) return contexts.error();
  const auto shown = Describe(options, *contexts);
  if (!shown) return shown.error();
  printer->Object(*shown, kLines, "name");
  return {};
}

}  // namespace notify::cli::context
