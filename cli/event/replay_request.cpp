#include "cli/event/replay_request.hpp"

namespace notify::cli::event {
namespace {

constexpr const char* kHelp = "notifyctl event replay --help";

int TargetsOf(const EventReplayOptions& options) {
  int given = 0;
  for (const auto* target :
       {&options.to_subscription, &options.to_user, &options.to_tenant, &options.to_url}) {
    given += target->empty() ? 0 : 1;
  }
  return given;
}

Status CheckNew(const EventReplayOptions& options) {
  const int targets = TargetsOf(options);
  if (targets > 1 || (targets == 0 && !options.fire_triggers)) {
    return Fail(Errc::kUsage,
                "To whom? Give one of --to-subscription, --to-user, --to-tenant and --to-url, or "
                "--fire-triggers.",
                kHelp);
  }
  if (options.to_url.empty() != options.secret.empty()) {
    return Fail(Errc::kUsage,
                "--to-url and --secret go together: the secret signs what goes there.",
                "a secret is whsec_ and the base64 of 24 to 64 bytes: "
                "echo whsec_$(openssl rand -base64 24)");
  }
  if (options.filter.after.empty() && options.filter.since.empty()) {
    return Fail(Errc::kUsage, "From where? Give --after or --since.", kHelp);
  }
  if (options.rate && !(*options.rate > 0)) {
    return Fail(Errc::kUsage, "--rate must be above 0.", "--speed max goes as fast as it can");
  }
  if (options.plan == options.yes) {
    return Fail(Errc::kUsage, "Sending events again reaches people.",
                "look first with --plan, then send with --yes");
  }
  auto checked = CheckPosition(options.filter.after);
  return checked ? CheckPosition(options.last) : checked;
}

}  // namespace

Status CheckReplay(const EventReplayOptions& options) {
  const int known = (options.list ? 1 : 0) + (options.resume.empty() ? 0 : 1) +
                    (options.cancel.empty() ? 0 : 1) + (options.show.empty() ? 0 : 1);
  if (known == 0) return CheckNew(options);
  const bool also_new = TargetsOf(options) > 0 || options.fire_triggers || options.plan;
  if (known > 1 || also_new) {
    return Fail(Errc::kUsage,
                "--list, --show, --resume and --cancel stand alone: what a replay sends is fixed "
                "when it begins.",
                kHelp);
  }
  return {};
}

Value ReplayBody(const EventReplayOptions& options) {
  auto body = Value::Object();
  body.SetText("after", options.filter.after)
      .SetText("since", options.filter.since)
      .SetText("until", options.filter.until)
      .SetText("last", options.last);
  if (options.by_event_time) body.Set("byEventTime", true);
  if (!options.filter.types.empty()) {
    auto types = Value::Array();
    for (const auto& type : options.filter.types) types.Add(type);
    body.Set("types", std::move(types));
  }
  body.SetText("subject", options.filter.subject)
      .SetText("stream", options.filter.stream)
      .SetText("userid", options.filter.userid)
      .SetText("topic", options.filter.topic);
  if (options.rate) body.Set("rate", *options.rate);
  body.SetText("speed", options.speed);
  if (options.fire_triggers) body.Set("fireTriggers", true);
  if (options.plan) body.Set("plan", true);
  if (!options.plan && !options.detach) body.Set("attended", true);
  if (TargetsOf(options) > 0) {
    auto target = Value::Object();
    target.SetText("subscription", options.to_subscription)
        .SetText("user", options.to_user)
        .SetText("tenant", options.to_tenant)
        .SetText("url", options.to_url)
        .SetText("secret", options.secret);
    body.Set("target", std::move(target));
  }
  return body;
}

}  // namespace notify::cli::event
