#include "cli/consumer/seek.hpp"

#include <array>

#include "cli/calls.hpp"
#include "cli/consumer/columns.hpp"
#include "cli/consumer/position.hpp"

namespace notify::cli::consumer {
namespace {

// What the agent adds to what was asked for.
constexpr std::array<std::string_view, 6> kShownOnly = {"position", "lag",       "inFlight",
                                                        "gap",      "createdAt", "usedAt"};

}  // namespace

Command& AddConsumerSeek(Command& noun, Factory& factory, RunHook<ConsumerSeekOptions> run) {
  auto& command = noun.Add("seek", "Move a consumer to another position", {"move"});
  auto& options = command.Own(ConsumerSeekOptions{.factory = &factory});
  command.Describe(
      "Moved back, it hands out again what it has handed out before, marked as redelivered; moved "
      "on, it passes by what lies between.");
  command.Argument("NAME", options.name, "of the consumer").Required();
  command.Option("--after", "E-N", options.after, "go on behind this position (0: all)").Required();
  command.Flag("-y,--yes", options.yes, "really move it");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl consumer seek billing --after 0 --tenant blue --yes",
                  "everything once more");
  return command.Runs(options, std::move(run));
}

Status RunConsumerSeek(const ConsumerSeekOptions& options) {
  auto& factory = *options.factory;
  auto checked = CheckPosition(options.after);
  if (!checked) return checked;
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  auto body = (*client)->Call({.operation = "getConsumer", .path = {{"id", options.name}}});
  if (!body) return std::move(body.error());
  for (const auto& member : kShownOnly) body->Remove(member);
  body->Set("after", options.after);
  const client::Request request{
      .operation = "putConsumer", .path = {{"id", options.name}}, .body = body->Compact()};
  if (options.dry_run) return PrintDryRun(factory, request);
  if (!options.yes) {
    return Fail(Errc::kUsage,
                "This moves the consumer " + options.name + " to " + options.after + ".",
                "notifyctl consumer seek " + options.name + " --after " + options.after + " --yes");
  }
  return CallAndPrint(factory, request, {.columns = ConsumerColumns(), .name_path = "name"});
}

}  // namespace notify::cli::consumer
