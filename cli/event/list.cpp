#include "cli/event/list.hpp"

#include "cli/event/columns.hpp"

namespace notify::cli::event {

Command& AddEventList(Command& noun, Factory& factory, RunHook<EventListOptions> run) {
  auto& command = noun.Add("list", "List events, oldest first", {"ls"});
  auto& options = command.Own(EventListOptions{.factory = &factory});
  command.Describe("Without --after, --since or --cursor: the last --limit events that match.");
  AddRange(command, options.filter);
  AddContentFilter(command, options.filter);
  command.Option("--stream", "STREAM", options.filter.stream, "only of this stream");
  command.Flag("--raw", options.raw, "as they are stored, not lifted by upcasters");
  command.Flag("--scheduled", options.scheduled, "events that wait for their time instead");
  command.Option("--status", "STATUS", options.statuses,
                 "of scheduled ones: pending, processing, completed, failed, cancelled "
                 "(repeatable; default: those that wait)");
  AddListWindow(command, options.window);
  command.Example("notifyctl event list --tenant blue", "the last 50");
  command.Example("notifyctl event list --tenant blue --since 1h --type 'fx.*' -o ndjson",
                  "the quotes of the last hour, one a line");
  command.Example("notifyctl event list --tenant blue --after 1767225600000-0 --limit 100000",
                  "from the beginning of the log");
  command.Example("notifyctl event list --tenant blue --scheduled", "what is still to come");
  return command.Runs(options, std::move(run));
}

namespace {

/// What waits for its time, in the order that it will come in.
Status RunScheduledList(const EventListOptions& options) {
  if (!options.filter.after.empty()) {
    return Fail(Errc::kUsage, "--after is a position of the log; what is scheduled has none.",
                "--since and --until count for the time that an event is scheduled for");
  }
  client::Request request{.operation = "listEventStatus"};
  ApplyFilter(options.filter, request);
  request.With("scheduled", "true");
  const std::vector<std::string> waiting = {"PENDING", "PROCESSING"};
  for (const auto& status : options.statuses.empty() ? waiting : options.statuses) {
    request.With("status", status);
  }
  return ListAndPrint(*options.factory, request, options.window, {.columns = ScheduledColumns()},
                      "Nothing is scheduled.");
}

}  // namespace

Status RunEventList(const EventListOptions& options) {
  if (options.scheduled) return RunScheduledList(options);
  if (!options.statuses.empty()) {
    return Fail(Errc::kUsage, "--status goes with --scheduled.",
                "notifyctl event status ID shows where one event stands");
  }
  auto checked = CheckPosition(options.filter.after);
  if (!checked) return checked;
  client::Request request{.operation = "listEvents"};
  ApplyFilter(options.filter, request);
  if (options.raw) request.With("raw", "true");
  const bool from_start = !options.filter.after.empty() || !options.filter.since.empty() ||
                          !options.window.cursor.empty();
  constexpr std::int64_t kLargestPage = 1'000;
  if (!from_start && options.window.limit > kLargestPage) {
    return Fail(Errc::kUsage, "Without a start at most the last 1000 events are listed.",
                "name a start with --since or --after, for example --since 24h");
  }
  if (!from_start) request.With("last", std::to_string(options.window.limit));
  return ListAndPrint(*options.factory, request, options.window, {.columns = EventColumns()},
                      "No events match.");
}

}  // namespace notify::cli::event
