#include "cli/consumer/nack.hpp"

#include <array>

#include "cli/calls.hpp"
#include "cli/consumer/position.hpp"

namespace notify::cli::consumer {
namespace {

constexpr std::array<output::Column, 3> kColumns = {{{"POSITION", "position.sequence"},
                                                     {"REDELIVERED", "redelivered"},
                                                     {"DEAD LETTER", "deadLettered"}}};

}  // namespace

Command& AddConsumerNack(Command& noun, Factory& factory, RunHook<ConsumerNackOptions> run) {
  auto& command = noun.Add("nack", "Say that an event could not be done", {"refuse"});
  auto& options = command.Own(ConsumerNackOptions{.factory = &factory});
  command.Describe(
      "The event and what was handed out behind it are handed out again, after a backoff; after "
      "the consumer's attempts the event goes to the dead letters.");
  command.Argument("NAME", options.name, "of the consumer").Required();
  command.Argument("E-N", options.position, "the position").Required();
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl consumer nack billing 1767225600000-42 --tenant blue",
                  "42 and all behind it are handed out again, after a while");
  return command.Runs(options, std::move(run));
}

Status RunConsumerNack(const ConsumerNackOptions& options) {
  auto checked = CheckPosition(options.position);
  if (!checked) return checked;
  const client::Request request{.operation = "nackConsumer",
                                .path = {{"id", options.name}},
                                .body = PositionBody(options.position)};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = kColumns, .name_path = "position"});
}

}  // namespace notify::cli::consumer
