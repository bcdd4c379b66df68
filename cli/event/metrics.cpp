#include "cli/event/metrics.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::event {
namespace {

constexpr std::array<output::Column, 14> kLines = {
    {{"SINCE", "since"},
     {"UNTIL", "until"},
     {"EVENTS", "events.accepted"},
     {"PER SECOND", "events.perSecond"},
     {"NOTIFICATIONS", "notifications.created"},
     {"DELIVERIES ENDED", "deliveries.ended"},
     {"BY STATUS", "deliveries.byStatus"},
     {"SUCCESS RATE", "deliveries.successRate"},
     {"PENDING", "deliveries.pending"},
     {"AVERAGE SECONDS", "deliveries.averageSeconds"},
     {"LONGEST SECONDS", "deliveries.longestSeconds"},
     {"LAG", "processing.lag"},
     {"SCHEDULED", "scheduled.PENDING"},
     {"NEXT AT", "scheduled.nextAt"}}};

}  // namespace

Command& AddEventMetrics(Command& noun, Factory& factory, RunHook<EventMetricsOptions> run) {
  auto& command = noun.Add("metrics", "Show rate, lag and success of event processing");
  auto& options = command.Own(EventMetricsOptions{.factory = &factory});
  command.Describe("Of one tenant. `metric query` counts over several, by any label.");
  command.Option("--since,--from", "TIME", options.since,
                 "from RFC 3339 or back from now (default 1h)");
  command.Option("--until,--to", "TIME", options.until, "up to, exclusive");
  command.Example("notifyctl event metrics --tenant blue --since 24h", "of the last day");
  return command.Runs(options, std::move(run));
}

Status RunEventMetrics(const EventMetricsOptions& options) {
  client::Request request{.operation = "getEventMetrics"};
  request.With("since", options.since).With("until", options.until);
  return CallAndPrint(*options.factory, request, {.columns = kLines, .name_path = "until"});
}

}  // namespace notify::cli::event
