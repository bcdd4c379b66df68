#include "agent/pipeline/replay_plan.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "agent/pipeline/delivery_plan.hpp"
#include "agent/pipeline/replay_reader.hpp"
#include "agent/replay/replay.hpp"
#include "agent/trigger/match.hpp"
#include "agent/trigger/trigger_store.hpp"
#include "common/model/event_json.hpp"
#include "common/model/event_parser.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::pipeline {
namespace {

using Json = nlohmann::ordered_json;
using Kind = replay::Target::Kind;

// Recipients beyond are counted together: the plan says how many, not who.
constexpr std::size_t kMostRecipients = 100'000;

Json Time(std::int64_t unix_ms) {
  std::string text;
  AppendRfc3339(text, unix_ms);
  return text;
}

/// What the rules of a tenant would make of the events.
class Rehearsal {
 public:
  Rehearsal(TenantHandle tenant, std::vector<trigger::Trigger> rules, std::int64_t now_ms)
      : tenant_(std::move(tenant)), rules_(std::move(rules)), now_ms_(now_ms) {}

  void See(const EventView& event) {
    const bool concerns = std::ranges::any_of(rules_, [&](const trigger::Trigger& rule) {
      return rule.enabled && trigger::CoversType(rule.on, event.type);
    });
    if (!concerns) return;
    std::string text;
    AppendEnvelope(text, event, {.tenant = tenant_.id().text(), .position = {}});
    const auto envelope = nlohmann::json::parse(text, nullptr, false);
    if (envelope.is_discarded()) return;
    for (const trigger::Trigger& rule : rules_) {
      if (!trigger::CoversType(rule.on, event.type)) continue;
      const Verdict verdict = Judge(rule, envelope, now_ms_);
      if (verdict.matched) Count(rule, verdict.recipients);
    }
  }

  std::uint64_t notifications() const { return notifications_; }
  std::size_t recipients() const { return recipients_.size(); }
  const std::map<std::string, std::uint64_t>& channels() const { return channels_; }
  const std::map<std::string, std::uint64_t>& fired() const { return fired_; }

 private:
  void Count(const trigger::Trigger& rule, const routing::Recipients& recipients) {
    ++fired_[rule.id];
    for (const routing::Recipient& recipient : recipients.list) {
      if (recipients_.size() < kMostRecipients) recipients_.insert(recipient.address);
      for (const std::string& channel : rule.channels) {
        ++channels_[channel];
        ++notifications_;
      }
    }
  }

  const TenantHandle tenant_;
  const std::vector<trigger::Trigger> rules_;
  const std::int64_t now_ms_;
  std::uint64_t notifications_ = 0;
  std::set<std::string> recipients_;
  std::map<std::string, std::uint64_t> channels_;
  std::map<std::string, std::uint64_t> fired_;
};

/// The figures of a plan.
struct Figures {
  std::uint64_t events = 0;  // All that match.
  std::uint64_t sent = 0;    // Those of them that would be sent.
  std::uint64_t skipped = 0;
  std::uint64_t duplicates = 0;
  std::optional<Position> first;
  Position last;
  std::int64_t first_ms = 0;
  std::int64_t last_ms = 0;
  std::vector<Gap> gaps;
  bool truncated = false;
};

Result<std::optional<Rehearsal>> RehearsalOf(const ReplayParts& parts, const ReplayOptions& options,
                                             const std::optional<TenantHandle>& destination,
                                             const replay::Request& request) {
  if (!destination || !request.fire_triggers || !options.rules_on) {
    return std::optional<Rehearsal>();
  }
  auto state = parts.databases.Open(*destination, trigger::TriggerStore::kSchema);
  if (!state) return state.error();
  auto rules = trigger::TriggerStore(**state, *destination, parts.runtime.random()).List();
  if (!rules) return rules.error();
  return std::optional<Rehearsal>(std::in_place, *destination, std::move(*rules),
                                  UnixMs(parts.runtime.clock().WallNow()));
}

void Look(const PickedEvent& event, bool stores, Figures& figures,
          std::optional<Rehearsal>& rehearsal) {
  const EventView view = event.View();
  ++figures.events;
  if (!figures.first) {
    figures.first = event.position;
    figures.first_ms = event.recorded_ms;
  }
  figures.last = event.position;
  figures.last_ms = event.recorded_ms;
  if (event.copy) {
    ++figures.duplicates;
  } else if (stores && IsReservedType(view.type)) {
    ++figures.skipped;
  } else {
    ++figures.sent;
    if (rehearsal) rehearsal->See(view);
  }
}

/// `{tenant, events, perSecond, seconds}`: what a log's tenant is charged.
Json QuotaJson(const TenantHandle& destination, const std::optional<CopySink::Rate>& rate,
               std::uint64_t events) {
  double seconds = 0;
  if (rate && events > rate->burst) {
    seconds = static_cast<double>(events - rate->burst) / rate->per_second;
  }
  return {{"tenant", destination.id().text()},
          {"events", events},
          {"perSecond", rate ? Json(rate->per_second) : Json()},
          {"burst", rate ? Json(rate->burst) : Json()},
          {"seconds", seconds}};
}

}  // namespace

async::Task<Result<ReplayRange>> FixRange(const ReplayParts& parts, TenantHandle tenant,
                                          replay::Request request) {
  auto head = co_await parts.events.Head(tenant);
  if (!head) co_return head.error();
  ReplayRange range;
  replay::Selection& selection = request.selection;
  if (selection.last && selection.last->epoch.value != 0 && selection.last->epoch != head->epoch) {
    co_return Fail(Errc::kInvalidArgument, "'last' is a position of another log.",
                   "notifyctl event list -o wide shows positions.");
  }
  const std::uint64_t end = selection.last
                                ? std::min(selection.last->sequence.value, head->last.value)
                                : head->last.value;
  selection.last = Position{head->epoch, Sequence{end}};
  if (selection.after) {
    range.start = *selection.after;
    if (range.start.epoch.value == 0) range.start.epoch = head->epoch;
  } else {
    range.start = Position{head->epoch, Sequence{0}};
    if (selection.since_ms && !selection.by_event_time) {
      const Clock::WallTime since{std::chrono::milliseconds(*selection.since_ms)};
      auto before = co_await parts.before(tenant, since);
      if (!before) co_return before.error();
      range.start = *before;
    }
    const std::uint64_t kept = std::max<std::uint64_t>(head->first.value, 1) - 1;
    if (kept > 0 && range.start.sequence.value <= kept) {
      // The oldest event that is left is wanted, so older ones may have been, too.
      range.start = {head->epoch, Sequence{kept}};
      range.gaps.push_back({Gap::Reason::kRetention, {head->epoch, Sequence{0}}, range.start, {}});
    }
  }
  range.request = std::move(request);
  co_return range;
}

async::Task<Result<std::string>> PlanReplay(const ReplayParts& parts, const ReplayOptions& options,
                                            TenantHandle tenant,
                                            std::optional<TenantHandle> destination,
                                            ReplayRange range) {
  const replay::Request& request = range.request;
  auto rehearsal = RehearsalOf(parts, options, destination, request);
  if (!rehearsal) co_return rehearsal.error();
  Figures figures;
  figures.gaps = range.gaps;
  Position after = range.start;
  Position start = range.start;
  for (bool over = false; !over && !figures.truncated;) {
    auto page = co_await ReadPicked(parts.events, tenant, request.selection, start, after);
    if (!page) co_return page.error();
    if (page->gap && figures.gaps.size() < replay::Replay::kMostGaps) {
      figures.gaps.push_back(*page->gap);
      if (after == start) start = page->gap->resumed_after;
    }
    for (const PickedEvent& event : page->events) {
      Look(event, destination.has_value(), figures, *rehearsal);
    }
    after = page->after;
    over = page->over;
    figures.truncated = !over && figures.events >= kMostPlanned;
  }

  std::size_t connections = 0;
  Json channels = Json::object();
  std::uint64_t recipients = 0;
  std::uint64_t notifications = 0;
  if (request.target.is_live()) {
    const LiveTarget live{request.target.kind == Kind::kUser ? LiveTarget::Kind::kUser
                                                             : LiveTarget::Kind::kSubscription,
                          request.target.name};
    connections = co_await parts.live.CountOf(tenant, live);
    recipients = connections > 0 ? 1 : 0;
    channels["hub"] = figures.sent * connections;
  } else if (request.target.kind == Kind::kUrl) {
    recipients = 1;
    channels["webhook"] = figures.sent;
  }
  Json rules = Json::object();
  if (*rehearsal) {
    recipients += (*rehearsal)->recipients();
    notifications = (*rehearsal)->notifications();
    for (const auto& [channel, count] : (*rehearsal)->channels()) {
      channels[channel] = channels.value(channel, std::uint64_t{0}) + count;
    }
    for (const auto& [rule, count] : (*rehearsal)->fired()) rules[rule] = count;
  }
  double seconds =
      replay::SecondsFor(request.pace(), figures.sent, figures.last_ms - figures.first_ms);
  Json quota;
  if (destination) {
    quota = QuotaJson(*destination, parts.copies.RateOf(*destination), figures.sent);
    seconds = std::max(seconds, quota["seconds"].get<double>());
  }
  Json gaps = Json::array();
  for (const Gap& gap : figures.gaps) gaps.push_back(Json::parse(GapJson(gap)));
  const Json shown = {{"plan", true},
                      {"target", TargetText(request.target)},
                      {"fireTriggers", request.fire_triggers},
                      {"events", figures.events},
                      {"skipped", figures.skipped},
                      {"duplicates", figures.duplicates},
                      {"recipients", recipients},
                      {"connections", connections},
                      {"notifications", notifications},
                      {"channels", channels},
                      {"rules", rules},
                      {"quota", quota},
                      {"seconds", seconds},
                      {"first", figures.first ? Json(figures.first->ToString()) : Json()},
                      {"last", figures.first ? Json(figures.last.ToString()) : Json()},
                      {"from", figures.first ? Time(figures.first_ms) : Json()},
                      {"until", figures.first ? Time(figures.last_ms) : Json()},
                      {"gaps", gaps},
                      {"truncated", figures.truncated}};
  co_return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace notify::agent::pipeline
