#include "cli/consumer/fetch.hpp"

#include "cli/calls.hpp"
#include "cli/consumer/columns.hpp"
#include "cli/consumer/position.hpp"
#include "common/units.hpp"

namespace notify::cli::consumer {

Command& AddConsumerFetch(Command& noun, Factory& factory, RunHook<ConsumerFetchOptions> run) {
  auto& command = noun.Add("fetch", "Take the next events of a consumer", {"pull"});
  auto& options = command.Own(ConsumerFetchOptions{.factory = &factory});
  command.Describe(
      "What is fetched is handed out again when it is not acknowledged within the consumer's "
      "ack timeout. -o json prints {items, position, gap?}: acknowledging the position "
      "acknowledges all of it.");
  command.Argument("NAME", options.name, "of the consumer").Required();
  command.Option("--max,--limit", "N", options.max, "at most so many (default 100, at most 1000)");
  command.Option("--wait", "DURATION", options.wait, "wait for the first, at most 30s");
  command.Flag("--ack", options.ack, "acknowledge what was printed");
  command.Example("notifyctl consumer fetch billing --tenant blue --wait 20s -o ndjson",
                  "the next events, one a line");
  return command.Runs(options, std::move(run));
}

Status RunConsumerFetch(const ConsumerFetchOptions& options) {
  auto& factory = *options.factory;
  auto body = Value::Object();
  body.Set("max", options.max);
  if (!options.wait.empty()) {
    const auto wait = ParseDuration(options.wait);
    if (!wait) return wait.error();
    body.Set("waitMs", std::chrono::ceil<std::chrono::milliseconds>(*wait).count());
  }
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  auto fetched = (*client)->Call(
      {.operation = "fetchConsumer", .path = {{"id", options.name}}, .body = body.Compact()});
  if (!fetched) return std::move(fetched.error());
  printer->List(*fetched, FetchedColumns(), "id", "There is nothing (more) for this consumer.");
  const auto told = GapText(*fetched);
  if (!told.empty()) factory.streams().Err(told + "\n");
  const auto* items = fetched->Find("items");
  const auto position = PositionText(*fetched, "position");
  if ((items == nullptr || items->items().empty()) && told.empty()) return {};
  if (!options.ack) {
    printer->Note("Acknowledge them: notifyctl consumer ack " + options.name + " " + position);
    return {};
  }
  auto flushed = factory.streams().Flush();
  if (!flushed) return flushed;
  auto acknowledged = (*client)->Call(
      {.operation = "ackConsumer", .path = {{"id", options.name}}, .body = PositionBody(position)});
  return acknowledged ? Status() : Status(std::move(acknowledged.error()));
}

}  // namespace notify::cli::consumer
