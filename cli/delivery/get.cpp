#include "cli/delivery/get.hpp"

#include <utility>

#include "cli/delivery/columns.hpp"

namespace notify::cli::delivery {

Command& AddDeliveryGet(Command& noun, Factory& factory, RunHook<DeliveryGetOptions> run) {
  auto& command = noun.Add("get", "Show where a delivery stands, with its attempts", {"show"});
  auto& options = command.Own(DeliveryGetOptions{.factory = &factory});
  command.Describe(
      "PENDING: it waits for its first or next attempt. SENT: handed over, and nobody was there to "
      "confirm it. DELIVERED: the other side took it. FAILED: given up; it is in the dead letters "
      "(notifyctl dlq retry).");
  command.Argument("ID", options.id, "of the delivery, or of its notification").Required();
  command.Flag("--reveal", options.reveal, std::string(kRevealHelp));
  command.Example("notifyctl delivery get 018f2b6e-9c1d-5a1e-8c55-0f3f1f6a9d11 --tenant blue",
                  "each attempt with its time and result");
  return command.Runs(options, std::move(run));
}

Status RunDeliveryGet(const DeliveryGetOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  client::Request request{.operation = "getDelivery", .path = {{"id", options.id}}};
  if (options.reveal) request.With("reveal", "true");
  const auto answer = (*client)->Call(request);
  if (!answer) return answer.error();
  printer->Object(*answer, DeliveryColumns(), "id");
  const Value* history = answer->Find("history");
  const bool table =
      printer->format() == output::Format::kTable || printer->format() == output::Format::kWide;
  if (history == nullptr || !table) return {};
  auto attempts = Value::Object();
  attempts.Set("items", *history).Set("next", Value{});
  printer->List(attempts, AttemptColumns(), "attempt", "There was no attempt yet.");
  return {};
}

}  // namespace notify::cli::delivery
