#include "cli/event/cancel.hpp"

#include "cli/calls.hpp"

namespace notify::cli::event {

Command& AddEventCancel(Command& noun, Factory& factory, RunHook<EventCancelOptions> run) {
  auto& command = noun.Add("cancel", "Take back an event that waits for its time");
  auto& options = command.Own(EventCancelOptions{.factory = &factory});
  command.Describe(
      "Only an event with a `scheduledat` that has not come can be taken back; its id stays taken. "
      "What is in the log stays there.");
  command.Argument("ID", options.id, "of the event, as `event list --scheduled` shows it")
      .Required();
  command.Option("--source", "SOURCE", options.source, "where several events have that id");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl event cancel market-opens-7 --tenant blue", "it will not be sent");
  return command.Runs(options, std::move(run));
}

Status RunEventCancel(const EventCancelOptions& options) {
  client::Request request{.operation = "cancelEvent", .path = {{"id", options.id}}};
  request.With("source", options.source);
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.note = "The event will not be sent."});
}

}  // namespace notify::cli::event
