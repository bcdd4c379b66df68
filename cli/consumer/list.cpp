#include "cli/consumer/list.hpp"

#include "cli/consumer/columns.hpp"

namespace notify::cli::consumer {

Command& AddConsumerList(Command& noun, Factory& factory, RunHook<ConsumerListOptions> run) {
  auto& command = noun.Add("list", "List consumers: where they stand, how far behind", {"ls"});
  auto& options = command.Own(ConsumerListOptions{.factory = &factory});
  AddListWindow(command, options.window);
  command.Example("notifyctl consumer list --tenant blue", "who lags behind");
  return command.Runs(options, std::move(run));
}

Status RunConsumerList(const ConsumerListOptions& options) {
  return ListAndPrint(*options.factory, {.operation = "listConsumers"}, options.window,
                      {.columns = ConsumerColumns(), .name_path = "name"},
                      "There are no consumers: notifyctl consumer create NAME");
}

}  // namespace notify::cli::consumer
