#include "cli/event/replay.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::event {
namespace {

constexpr std::array<output::Column, 9> kLines = {{{"REPLAY", "replayId"},
                                                   {"EVENTS", "events"},
                                                   {"SENT", "sent"},
                                                   {"FIRST", "first"},
                                                   {"LAST", "last"},
                                                   {"FROM", "from"},
                                                   {"UNTIL", "until"},
                                                   {"SECONDS", "seconds"},
                                                   {"CONNECTIONS", "connections"}}};

Status Check(const EventReplayOptions& options) {
  const char* const help = "notifyctl event replay --help";
  if (options.to_subscription.empty() == options.to_user.empty()) {
    return Fail(Errc::kUsage, "Give either --to-subscription or --to-user.", help);
  }
  if (options.filter.after.empty() && options.filter.since.empty()) {
    return Fail(Errc::kUsage, "From where? Give --after or --since.", help);
  }
  if (options.plan == options.yes) {
    return Fail(Errc::kUsage, "Sending events again reaches people.",
                "look first with --plan, then send with --yes");
  }
  auto checked = CheckPosition(options.filter.after);
  return checked ? CheckPosition(options.last) : checked;
}

Value BodyOf(const EventReplayOptions& options) {
  auto target = Value::Object();
  target.SetText("subscription", options.to_subscription).SetText("user", options.to_user);
  auto body = Value::Object();
  body.SetText("after", options.filter.after)
      .SetText("since", options.filter.since)
      .SetText("until", options.filter.until)
      .SetText("to", options.last);
  if (!options.filter.types.empty()) {
    auto types = Value::Array();
    for (const auto& type : options.filter.types) types.Add(type);
    body.Set("types", std::move(types));
  }
  if (options.rate) body.Set("rate", *options.rate);
  body.SetText("speed", options.speed).Set("plan", options.plan).Set("target", std::move(target));
  return body;
}

}  // namespace

Command& AddEventReplay(Command& noun, Factory& factory, RunHook<EventReplayOptions> run) {
  auto& command = noun.Add("replay", "Send a range of the log again to a subscription or a user");
  auto& options = command.Own(EventReplayOptions{.factory = &factory});
  command.Describe(
      "The events arrive marked `replayed: true` with their original position, and fire no "
      "triggers. "
      "--plan says how many, which and how long; --yes sends them.");
  command.Option("--after", "E-N", options.filter.after, "begin behind this position");
  command.Option("--last", "E-N", options.last, "end with this position");
  command.Option("--since,--from", "TIME", options.filter.since,
                 "from RFC 3339 or back from now: 1h");
  command.Option("--until,--to", "TIME", options.filter.until, "up to, exclusive");
  command.Option("--type", "TYPE", options.filter.types, "only this type, or fx.* (repeatable)");
  command.Option("--to-subscription", "ID", options.to_subscription, "as `Subscribe` answered it");
  command.Option("--to-user", "USER", options.to_user, "all connections of this user");
  command.Option("--rate", "N", options.rate, "at most so many events a second");
  command.Option("--speed", "SPEED", options.speed, "as they came, or faster")
      .OneOf({"original", "10x", "max"});
  command.Flag("--plan", options.plan, "only say what it would be");
  command.Flag("-y,--yes", options.yes, "send");
  command.Example("notifyctl event replay --tenant blue --since 1h --to-user alice --plan",
                  "what would alice get?");
  command.Example(
      "notifyctl event replay --tenant blue --after 1767225600000-100 "
      "--last 1767225600000-120 --to-user alice --yes",
      "send these twenty again");
  return command.Runs(options, std::move(run));
}

Status RunEventReplay(const EventReplayOptions& options) {
  auto checked = Check(options);
  if (!checked) return checked;
  return CallAndPrint(
      *options.factory, {.operation = "replayEvents", .body = BodyOf(options).Compact()},
      {.columns = kLines,
       .name_path = "replayId",
       .note = options.plan ? "Nothing was sent: --yes instead of --plan sends." : ""});
}

}  // namespace notify::cli::event
