#include "cli/event/get.hpp"

#include <array>

#include "cli/calls.hpp"
#include "cli/output/table.hpp"

namespace notify::cli::event {
namespace {

constexpr std::array<output::Column, 15> kLines = {{{"ID", "id"},
                                                    {"TYPE", "type"},
                                                    {"SOURCE", "source"},
                                                    {"SUBJECT", "subject"},
                                                    {"TIME", "time"},
                                                    {"TENANT", "tenant"},
                                                    {"EPOCH", "epoch"},
                                                    {"SEQUENCE", "sequence"},
                                                    {"RECORDED", "recordedtime"},
                                                    {"SCHEDULED", "scheduledat"},
                                                    {"STATUS", "scheduledStatus"},
                                                    {"USER", "userid"},
                                                    {"CORRELATION", "correlationid"},
                                                    {"DATA", "data"},
                                                    {"SEEN BY", "outcome.connections"}}};

void Print(Streams& streams, const Value& event, std::string_view path, std::string_view heading,
           const std::vector<std::pair<std::string, std::string>>& columns) {
  const auto* items = event.At(path);
  if (items == nullptr || items->items().empty()) return;
  std::vector<std::string> titles;
  for (const auto& [title, member] : columns) titles.push_back(title);
  output::Table table(std::move(titles));
  for (const auto& item : items->items()) {
    std::vector<std::string> cells;
    for (const auto& [title, member] : columns) cells.push_back(item.Text(member));
    table.Add(std::move(cells));
  }
  streams.Out("\n" + std::string(heading) + "\n" + table.Render(0, streams.colour()));
}

}  // namespace

Command& AddEventGet(Command& noun, Factory& factory, RunHook<EventGetOptions> run) {
  auto& command = noun.Add("get", "Show an event and what came of it", {"show"});
  auto& options = command.Own(EventGetOptions{.factory = &factory});
  command.Describe(
      "Shows the envelope, which rules matched and why others did not, the deliveries, and how "
      "many "
      "connections got it.");
  command.Argument("ID", options.id, "of the event").Required();
  command.Option("--source", "SOURCE", options.source, "where several events have that id");
  command.Flag("--raw", options.raw, "as it is stored, not lifted by upcasters");
  command.Example("notifyctl event get 0190a1b2-… --tenant blue", "why did nobody hear of it?");
  return command.Runs(options, std::move(run));
}

Status RunEventGet(const EventGetOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  client::Request request{.operation = "getEvent", .path = {{"id", options.id}}};
  request.With("source", options.source).With("outcome", "true");
  if (options.raw) request.With("raw", "true");
  const auto event = (*client)->Call(request);
  if (!event) return event.error();
  printer->Object(*event, kLines, "id");
  if (printer->machine_readable()) return {};
  Print(factory.streams(), *event, "outcome.rules", "Rules",
        {{"RULE", "rule"}, {"MATCHED", "matched"}, {"WHY", "reason"}});
  Print(factory.streams(), *event, "outcome.deliveries", "Deliveries",
        {{"ID", "id"},
         {"CHANNEL", "channel"},
         {"RECIPIENT", "recipient"},
         {"STATUS", "state"},
         {"ATTEMPTS", "attempts"},
         {"DETAIL", "detail"}});
  return {};
}

}  // namespace notify::cli::event
