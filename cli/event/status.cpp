#include "cli/event/status.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::event {
namespace {

constexpr std::array<output::Column, 11> kLines = {{{"ID", "id"},
                                                    {"TYPE", "type"},
                                                    {"STATUS", "status"},
                                                    {"DETAIL", "detail"},
                                                    {"SCHEDULED", "scheduledAt"},
                                                    {"RECORDED", "recordedAt"},
                                                    {"EPOCH", "position.epoch"},
                                                    {"SEQUENCE", "position.sequence"},
                                                    {"NOTIFICATIONS", "notifications"},
                                                    {"DELIVERIES", "deliveries"},
                                                    {"SOURCE", "source", true}}};

}  // namespace

Command& AddEventStatus(Command& noun, Factory& factory, RunHook<EventStatusOptions> run) {
  auto& command = noun.Add("status", "Show how far an event is");
  auto& options = command.Own(EventStatusOptions{.factory = &factory});
  command.Describe(
      "PENDING: it waits for its time, or for the rules. PROCESSING: a delivery is under way. "
      "COMPLETED, FAILED (notifyctl event retry tries again), CANCELLED.");
  command.Argument("ID", options.id, "of the event").Required();
  command.Option("--source", "SOURCE", options.source, "where several events have that id");
  command.Example("notifyctl event status order-7 --tenant blue", "did everybody get it?");
  return command.Runs(options, std::move(run));
}

Status RunEventStatus(const EventStatusOptions& options) {
  client::Request request{.operation = "getEventStatus", .path = {{"id", options.id}}};
  request.With("source", options.source);
  return CallAndPrint(*options.factory, request, {.columns = kLines});
}

}  // namespace notify::cli::event
