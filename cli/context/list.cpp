#include "cli/context/list.hpp"

#include <array>

namespace notify::cli::context {
namespace {

constexpr std::array<output::Column, 5> kColumns = {{{"IN USE", "current"},
                                                     {"NAME", "name"},
                                                     {"ENDPOINT", "endpoint"},
                                                     {"TENANT", "tenant"},
                                                     {"TOKEN", "hasToken"}}};

}  // namespace

Command& AddContextList(Command& noun, Factory& factory, RunHook<ContextListOptions> run) {
  auto& command = noun.Add("list", "List the remembered contexts", {"ls"});
  const auto& options = command.Own(ContextListOptions{.factory = &factory});
  command.Example("notifyctl context list", "which ones there are and which is in use");
  return command.Runs(options, std::move(run));
}

Status RunContextList(const ContextListOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  const auto contexts = client::LoadContexts(options.factory->ContextsPath());
  if (!contexts) return contexts.error();
  auto items = Value::Array();
  for (const auto& context : contexts->saved) {
    auto item = Value::Object();
    item.Set("name", context.name)
        .Set("current", context.name == contexts->current)
        .Set("endpoint", context.endpoint)
        .Set("tenant", context.tenant)
        .Set("hasToken", !context.token.empty());
    items.Add(std::move(item));
  }
  auto page = Value::Object();
  page.Set("items", std::move(items)).Set("next", Value{});
  printer->List(page, kColumns, "name",
                "No context is remembered: notifyctl context set NAME --endpoint URL --use");
  return {};
}

}  // namespace notify::cli::context
