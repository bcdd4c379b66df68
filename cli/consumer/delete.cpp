#include "cli/consumer/delete.hpp"

#include "cli/calls.hpp"

namespace notify::cli::consumer {

Command& AddConsumerDelete(Command& noun, Factory& factory, RunHook<ConsumerDeleteOptions> run) {
  auto& command = noun.Add("delete", "Delete a consumer; its dead letters stay", {"rm"});
  auto& options = command.Own(ConsumerDeleteOptions{.factory = &factory});
  command.Argument("NAME", options.name, "of the consumer").Required();
  command.Flag("-y,--yes", options.yes, "really delete it");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl consumer delete billing --tenant blue --yes", "with its position");
  return command.Runs(options, std::move(run));
}

Status RunConsumerDelete(const ConsumerDeleteOptions& options) {
  const client::Request request{.operation = "deleteConsumer", .path = {{"id", options.name}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (!options.yes) {
    return Fail(Errc::kUsage, "This deletes the consumer " + options.name + " and its position.",
                "notifyctl consumer delete " + options.name + " --yes");
  }
  return CallAndPrint(*options.factory, request,
                      {.note = "The consumer " + options.name + " is deleted."});
}

}  // namespace notify::cli::consumer
