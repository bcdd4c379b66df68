#include "cli/event/retry.hpp"

#include "cli/calls.hpp"

namespace notify::cli::event {

Command& AddEventRetry(Command& noun, Factory& factory, RunHook<EventRetryOptions> run) {
  auto& command = noun.Add("retry", "Try again what failed of an event's deliveries");
  auto& options = command.Own(EventRetryOptions{.factory = &factory});
  command.Describe(
      "Each delivery that failed is sent again as a new one, with all its attempts; what could not "
      "be rendered is rendered with the templates as they are now. What went well is not sent "
      "again.");
  command.Argument("ID", options.id, "of the event").Required();
  command.Option("--source", "SOURCE", options.source, "where several events have that id");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl event retry order-7 --tenant blue", "after the webhook was repaired");
  return command.Runs(options, std::move(run));
}

Status RunEventRetry(const EventRetryOptions& options) {
  client::Request request{.operation = "retryEvent", .path = {{"id", options.id}}};
  request.With("source", options.source);
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request,
                      {.note = "notifyctl event status " + options.id + " shows how it goes."});
}

}  // namespace notify::cli::event
