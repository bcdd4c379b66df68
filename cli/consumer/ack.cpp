#include "cli/consumer/ack.hpp"

#include <array>

#include "cli/calls.hpp"
#include "cli/consumer/position.hpp"

namespace notify::cli::consumer {
namespace {

constexpr std::array<output::Column, 1> kColumns = {{{"POSITION", "position.sequence"}}};

}  // namespace

Command& AddConsumerAck(Command& noun, Factory& factory, RunHook<ConsumerAckOptions> run) {
  auto& command = noun.Add("ack", "Acknowledge everything up to a position", {"acknowledge"});
  auto& options = command.Own(ConsumerAckOptions{.factory = &factory});
  command.Argument("NAME", options.name, "of the consumer").Required();
  command.Argument("E-N", options.position, "the position").Required();
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl consumer ack billing 1767225600000-42 --tenant blue",
                  "42 and all before it are done");
  return command.Runs(options, std::move(run));
}

Status RunConsumerAck(const ConsumerAckOptions& options) {
  auto checked = CheckPosition(options.position);
  if (!checked) return checked;
  const client::Request request{.operation = "ackConsumer",
                                .path = {{"id", options.name}},
                                .body = PositionBody(options.position)};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  return CallAndPrint(*options.factory, request, {.columns = kColumns, .name_path = "position"});
}

}  // namespace notify::cli::consumer
