#include "cli/event/replay.hpp"

#include <array>

#include "cli/event/replay_follow.hpp"
#include "cli/event/replay_request.hpp"
#include "cli/interrupts.hpp"

namespace notify::cli::event {
namespace {

constexpr std::array<output::Column, 16> kPlan = {{{"EVENTS", "events"},
                                                   {"TARGET", "target"},
                                                   {"TRIGGERS", "fireTriggers"},
                                                   {"RECIPIENTS", "recipients"},
                                                   {"CONNECTIONS", "connections"},
                                                   {"NOTIFICATIONS", "notifications"},
                                                   {"CHANNELS", "channels"},
                                                   {"QUOTA", "quota"},
                                                   {"SECONDS", "seconds"},
                                                   {"DUPLICATES", "duplicates"},
                                                   {"SKIPPED", "skipped"},
                                                   {"FIRST", "first"},
                                                   {"LAST", "last"},
                                                   {"FROM", "from"},
                                                   {"UNTIL", "until"},
                                                   {"GAPS", "gaps"}}};

constexpr std::array<output::Column, 9> kRows = {{{"TOKEN", "token"},
                                                  {"STATE", "state"},
                                                  {"TARGET", "target"},
                                                  {"SENT", "sent"},
                                                  {"FAILED", "failed"},
                                                  {"PROGRESS", "progress"},
                                                  {"CREATED", "createdAt"},
                                                  {"POSITION", "position", true},
                                                  {"ERROR", "error", true}}};

void AddTargets(Command& command, EventReplayOptions& options) {
  command.Option("--to-subscription", "ID", options.to_subscription, "as `Subscribe` answered it");
  command.Option("--to-user", "USER", options.to_user, "all connections of this user");
  command.Option("--to-tenant", "TENANT", options.to_tenant,
                 "into the log of this tenant (platform-admin)");
  command.Option("--to-url", "URL", options.to_url, "to this webhook, signed with --secret");
  command.Option("--secret", "WHSEC", options.secret, "whsec_ and base64, for --to-url");
  command.Flag("--fire-triggers", options.fire_triggers,
               "store the events again, so that the tenant's triggers fire");
}

void AddPace(Command& command, EventReplayOptions& options) {
  command.Option("--rate", "N", options.rate, "at most so many events a second (default 1000)");
  command.Option("--speed", "SPEED", options.speed, "as they came, or faster")
      .OneOf({"original", "10x", "max"});
}

void AddControl(Command& command, EventReplayOptions& options) {
  command.Flag("--plan", options.plan, "only say what it would be");
  command.Flag("-y,--yes", options.yes, "send");
  command.Flag("--detach", options.detach, "begin, and do not wait for the end");
  command.Option("--resume", "TOKEN", options.resume, "go on after the last event that was sent");
  command.Option("--show", "TOKEN", options.show, "how far a replay is, or its report");
  command.Option("--cancel", "TOKEN", options.cancel, "end a replay for good");
  command.Flag("--list", options.list, "the replays of the tenant, the newest first");
  AddListWindow(command, options.window);
}

Status CallOn(const EventReplayOptions& options, const char* operation, const std::string& token) {
  client::Request request{.operation = operation, .path = {{"token", token}}};
  return CallAndPrint(*options.factory, request,
                      {.columns = ReplayReport(), .name_path = "token", .note = {}});
}

Status Plan(const EventReplayOptions& options) {
  client::Request request{.operation = "replayEvents", .body = ReplayBody(options).Compact()};
  return CallAndPrint(*options.factory, request,
                      {.columns = kPlan,
                       .name_path = "target",
                       .note = "Nothing was sent: --yes instead of --plan sends."});
}

/// Begins or resumes a replay, and follows it.
Status Send(const EventReplayOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  client::Request request;
  if (options.resume.empty()) {
    request.operation = "replayEvents";
    request.body = ReplayBody(options).Compact();
  } else {
    request.operation = "resumeReplay";
    request.path = {{"token", options.resume}};
    request.With("attended", options.detach ? "" : "true");
  }
  // From before it begins: an interrupt in between must find its token.
  const auto interrupts = Interrupts::Catch();
  auto begun = (*client)->Call(request);
  if (!begun) return std::move(begun.error());
  if (options.detach) {
    printer->Object(*begun, ReplayReport(), "token");
    return {};
  }
  ReplayFollower follower(options.factory->streams(), **client, *printer, interrupts);
  return follower.Follow(std::move(*begun));
}

}  // namespace

Command& AddEventReplay(Command& noun, Factory& factory, RunHook<EventReplayOptions> run) {
  auto& command =
      noun.Add("replay", "Send a range of the log again: to connections, a webhook or a log");
  auto& options = command.Own(EventReplayOptions{.factory = &factory});
  command.Describe(
      "--plan says what a replay would be: events, recipients, channels, quota, time. --yes sends. "
      "To connections and webhooks the events go marked `replayed: true` with their original "
      "position; triggers fire only with --fire-triggers, which stores them as new events.\n\n"
      "A replay is a job of the agent. Interrupted, by Ctrl-C or with the agent, it keeps a token: "
      "--resume goes on after the last event that was sent.");
  AddRange(command, options.filter);
  command.Option("--last", "E-N", options.last, "end with this position");
  command.Flag("--by-event-time", options.by_event_time,
               "compare the times with the events' own, not with when they were recorded");
  AddContentFilter(command, options.filter);
  command.Option("--stream", "STREAM", options.filter.stream, "only of this stream");
  AddTargets(command, options);
  AddPace(command, options);
  AddControl(command, options);
  command.Example("notifyctl event replay --tenant blue --since 1h --to-user alice --plan",
                  "what would alice get?");
  command.Example(
      "notifyctl event replay --tenant blue --after 1767225600000-100 "
      "--last 1767225600000-120 --to-user alice --yes",
      "send these twenty again");
  command.Example(
      "notifyctl event replay --tenant blue --since 7d --type 'fx.*' --fire-triggers --rate 50 "
      "--plan",
      "what would last week's quotes start under today's triggers?");
  command.Example("notifyctl event replay --tenant blue --list", "which replays are there?");
  return command.Runs(options, std::move(run));
}

Status RunEventReplay(const EventReplayOptions& options) {
  auto checked = CheckReplay(options);
  if (!checked) return checked;
  if (options.list) {
    return ListAndPrint(*options.factory, {.operation = "listReplays"}, options.window,
                        {.columns = kRows, .name_path = "token", .note = {}},
                        "There are no replays.");
  }
  if (!options.cancel.empty()) return CallOn(options, "cancelReplay", options.cancel);
  if (!options.show.empty()) return CallOn(options, "getReplay", options.show);
  return options.plan ? Plan(options) : Send(options);
}

}  // namespace notify::cli::event
