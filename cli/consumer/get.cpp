#include "cli/consumer/get.hpp"

#include "cli/calls.hpp"
#include "cli/consumer/columns.hpp"

namespace notify::cli::consumer {

Command& AddConsumerGet(Command& noun, Factory& factory, RunHook<ConsumerGetOptions> run) {
  auto& command = noun.Add("get", "Show a consumer", {"show"});
  auto& options = command.Own(ConsumerGetOptions{.factory = &factory});
  command.Argument("NAME", options.name, "of the consumer").Required();
  command.Example("notifyctl consumer get billing --tenant blue", "where it stands");
  return command.Runs(options, std::move(run));
}

Status RunConsumerGet(const ConsumerGetOptions& options) {
  return CallAndPrint(*options.factory,
                      {.operation = "getConsumer", .path = {{"id", options.name}}},
                      {.columns = ConsumerColumns(), .name_path = "name"});
}

}  // namespace notify::cli::consumer
