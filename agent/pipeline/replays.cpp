#include "agent/pipeline/replays.hpp"

#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/channel/webhook/webhook_provider.hpp"
#include "agent/pipeline/replay_plan.hpp"
#include "agent/replay/replay_store.hpp"
#include "common/log.hpp"

namespace notify::agent::pipeline {
namespace {

using replay::Replay;
using replay::ReplayStore;
using replay::State;
using Kind = replay::Target::Kind;

using namespace std::chrono_literals;

constexpr auto kLongestWait = 30s;
constexpr auto kForTheEnd = 5s;

std::int64_t UnixMsOf(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

Error IsOver(const Replay& replay) {
  return Fail(Errc::kConflict,
              "The replay " + replay.token + " is " + std::string(StateName(replay.state)) + ".",
              "notifyctl event replay --list");
}

}  // namespace

Replays::Replays(ReplayParts parts, ReplayOptions options)
    : parts_(std::move(parts)), options_(options), tasks_(parts_.runtime.platform()) {}

Replays::~Replays() = default;

async::Task<Result<std::string>> Replays::Plan(TenantHandle tenant, replay::Request request) {
  async::RunOn here(parts_.runtime.platform(), PlanHere(std::move(tenant), std::move(request)));
  co_return co_await here;
}

async::Task<Result<std::string>> Replays::PlanHere(TenantHandle tenant, replay::Request request) {
  if (auto allowed = CheckTarget(request.target); !allowed) co_return allowed.error();
  auto destination = DestinationOf(tenant, request);
  if (!destination) co_return destination.error();
  auto range = co_await FixRange(parts_, tenant, std::move(request));
  if (!range) co_return range.error();
  co_return co_await PlanReplay(parts_, options_, std::move(tenant), std::move(*destination),
                                std::move(*range));
}

Result<std::optional<TenantHandle>> Replays::DestinationOf(const TenantHandle& tenant,
                                                           const replay::Request& request) const {
  if (request.target.kind == Kind::kTenant) {
    auto opened = parts_.open(*TenantId::Parse(request.target.name));
    if (!opened) return opened.error();
    return std::optional(std::move(*opened));
  }
  return request.fire_triggers ? std::optional(tenant) : std::nullopt;
}

Status Replays::CheckTarget(const replay::Target& target) const {
  if (target.kind != Kind::kUrl) return {};
  auto allowed = channel::CheckWebhookUrl(target.name, options_.allow_private_networks);
  if (!allowed) {
    allowed.error().errors.push_back({.pointer = "/target/url", .detail = allowed.error().detail});
  }
  return allowed;
}

async::Task<Result<std::string>> Replays::Start(TenantHandle tenant, Asked asked) {
  async::RunOn here(parts_.runtime.platform(), StartHere(std::move(tenant), std::move(asked)));
  co_return co_await here;
}

async::Task<Result<std::string>> Replays::StartHere(TenantHandle tenant, Asked asked) {
  const auto& clock = parts_.runtime.clock();
  Replay replay;
  replay.token = asked.idempotency_key.empty()
                     ? NewUuid7(clock, parts_.runtime.random())
                     : DerivedUuid("replay|" + tenant.id().text() + "|" + asked.idempotency_key);
  replay.body = DerivedUuid(asked.body);
  auto known = FindStored(tenant, replay.token);
  if (!known) co_return known.error();
  if (*known) {
    if ((*known)->body == replay.body) co_return ReplayJson(**known);
    co_return Fail(Errc::kIdempotencyKeyReused, "The key was used for another replay.");
  }
  if (auto allowed = CheckTarget(asked.request.target); !allowed) co_return allowed.error();
  if (auto room = CheckRoom(tenant); !room) co_return room.error();
  if (auto opened = DestinationOf(tenant, asked.request); !opened) co_return opened.error();
  auto range = co_await FixRange(parts_, tenant, std::move(asked.request));
  if (!range) co_return range.error();
  replay.request = std::move(range->request);
  replay.start = replay.position = range->start;
  replay.gaps = std::move(range->gaps);
  replay.created_ms = replay.updated_ms = UnixMsOf(clock.WallNow());
  auto state = parts_.databases.Open(tenant, ReplayStore::kSchema);
  if (!state) co_return state.error();
  ReplayStore store(**state, tenant, parts_.runtime.random());
  auto open = store.CountOpen();
  if (!open) co_return open.error();
  if (*open >= options_.most_open) {
    co_return Fail(Errc::kConflict, "The tenant has 100 replays that are not over.",
                   "notifyctl event replay --list, then --cancel TOKEN");
  }
  if (auto added = store.Add(replay); !added) co_return added.error();
  co_return ReplayJson(Begin(std::move(tenant), std::move(replay))->replay());
}

Status Replays::CheckRoom(const TenantHandle& tenant) const {
  if (tasks_.stopping()) return Fail(Errc::kUnavailable, "The agent is stopping.");
  const auto own = std::ranges::count_if(
      runs_, [&](const auto& run) { return run.second->tenant().id() == tenant.id(); });
  if (static_cast<std::size_t>(own) >= options_.at_once) {
    return Fail(Errc::kConflict,
                std::to_string(own) + " replays of this tenant are running, as many as may.",
                "Wait for one, or cancel it: notifyctl event replay --list");
  }
  if (runs_.size() < options_.all_at_once) return {};
  Error error = Fail(Errc::kOverloaded, "As many replays are running as the agent runs at once.");
  error.retry_after = 30s;
  return error;
}

Replays::RunPtr Replays::Begin(TenantHandle tenant, Replay replay) {
  const std::string token = replay.token;
  auto run = std::make_shared<ReplayRun>(parts_, options_, std::move(tenant), std::move(replay));
  runs_[token] = run;
  tasks_.Spawn(RunOne(run));
  return run;
}

async::Task<void> Replays::RunOne(RunPtr run) {
  co_await run->Run();
  runs_.erase(run->replay().token);
}

Replays::RunPtr Replays::Running(const TenantHandle& tenant, const std::string& token) const {
  const auto found = runs_.find(token);
  return found == runs_.end() || found->second->tenant().id() != tenant.id() ? nullptr
                                                                             : found->second;
}

Result<std::optional<Replay>> Replays::FindStored(const TenantHandle& tenant,
                                                  const std::string& token) {
  if (const RunPtr run = Running(tenant, token)) return std::optional(run->replay());
  auto state = parts_.databases.Open(tenant, ReplayStore::kSchema);
  if (!state) return state.error();
  auto found = ReplayStore(**state, tenant, parts_.runtime.random()).Find(token);
  // It ran when the agent ended, and nobody has taken it up.
  if (found && *found && (*found)->state == State::kRunning) {
    (*found)->state = State::kInterrupted;
  }
  return found;
}

Result<Replay> Replays::Find(const TenantHandle& tenant, const std::string& token) {
  auto found = FindStored(tenant, token);
  if (!found) return found.error();
  if (*found) return std::move(**found);
  return Fail(Errc::kNotFound, "There is no replay '" + token.substr(0, 64) + "'.",
              "notifyctl event replay --list");
}

async::Task<Result<std::string>> Replays::Get(TenantHandle tenant, std::string token,
                                              Clock::Duration wait) {
  async::RunOn here(parts_.runtime.platform(), GetHere(std::move(tenant), std::move(token), wait));
  co_return co_await here;
}

async::Task<Result<std::string>> Replays::GetHere(TenantHandle tenant, std::string token,
                                                  Clock::Duration wait) {
  if (const RunPtr run = Running(tenant, token)) {
    run->Attend();
    if (wait > Clock::Duration::zero()) {
      co_await run->WaitForEnd(std::min<Clock::Duration>(wait, kLongestWait));
    }
    run->Attend();
    co_return ReplayJson(run->replay());
  }
  auto found = Find(tenant, token);
  if (!found) co_return found.error();
  co_return ReplayJson(*found);
}

async::Task<Result<std::vector<std::string>>> Replays::List(TenantHandle tenant, std::string before,
                                                            std::size_t limit) {
  async::CallOn here(parts_.runtime.platform(), [&] { return ListHere(tenant, before, limit); });
  co_return co_await here;
}

Result<std::vector<std::string>> Replays::ListHere(const TenantHandle& tenant,
                                                   const std::string& before, std::size_t limit) {
  auto state = parts_.databases.Open(tenant, ReplayStore::kSchema);
  if (!state) return state.error();
  auto rows = ReplayStore(**state, tenant, parts_.runtime.random()).List(before, limit);
  if (!rows) return rows.error();
  std::vector<std::string> shown;
  for (Replay& row : *rows) {
    if (const RunPtr run = Running(tenant, row.token)) {
      row = run->replay();
    } else if (row.state == State::kRunning) {
      row.state = State::kInterrupted;
    }
    shown.push_back(ReplayJson(row));
  }
  return shown;
}

async::Task<Result<std::string>> Replays::Resume(TenantHandle tenant, std::string token,
                                                 bool attended) {
  async::CallOn here(parts_.runtime.platform(),
                     [&] { return ResumeHere(tenant, token, attended); });
  co_return co_await here;
}

Result<std::string> Replays::ResumeHere(const TenantHandle& tenant, const std::string& token,
                                        bool attended) {
  if (const RunPtr run = Running(tenant, token)) {
    run->SetAttended(attended);
    return ReplayJson(run->replay());
  }
  auto found = Find(tenant, token);
  if (!found) return found.error();
  if (found->ended()) return IsOver(*found);
  if (auto room = CheckRoom(tenant); !room) return room.error();
  if (auto opened = DestinationOf(tenant, found->request); !opened) return opened.error();
  found->state = State::kRunning;
  found->error.clear();
  found->request.attended = attended;
  auto state = parts_.databases.Open(tenant, ReplayStore::kSchema);
  if (!state) return state.error();
  auto saved = ReplayStore(**state, tenant, parts_.runtime.random()).Save(*found);
  if (!saved) return saved.error();
  return ReplayJson(Begin(tenant, std::move(*found))->replay());
}

async::Task<Result<std::string>> Replays::End(TenantHandle tenant, std::string token,
                                              ReplayRun::Stop how) {
  async::RunOn here(parts_.runtime.platform(), EndHere(std::move(tenant), std::move(token), how));
  co_return co_await here;
}

async::Task<Result<std::string>> Replays::EndHere(TenantHandle tenant, std::string token,
                                                  ReplayRun::Stop how) {
  if (const RunPtr run = Running(tenant, token)) {
    run->Ask(how);
    co_await run->WaitForEnd(kForTheEnd);
    co_return ReplayJson(run->replay());
  }
  auto found = Find(tenant, token);
  if (!found) co_return found.error();
  if (found->ended()) co_return IsOver(*found);
  found->state = how == ReplayRun::Stop::kCancel ? State::kCancelled : State::kInterrupted;
  found->updated_ms = UnixMsOf(parts_.runtime.clock().WallNow());
  auto state = parts_.databases.Open(tenant, ReplayStore::kSchema);
  if (!state) co_return state.error();
  auto saved = ReplayStore(**state, tenant, parts_.runtime.random()).Save(*found);
  if (!saved) co_return saved.error();
  co_return ReplayJson(*found);
}

async::Task<Result<std::optional<TenantId>>> Replays::OtherTenantOf(TenantHandle tenant,
                                                                    std::string token) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<std::optional<TenantId>> {
    auto found = FindStored(tenant, token);
    if (!found) return found.error();
    if (!*found || (*found)->request.target.kind != Kind::kTenant) {
      return std::optional<TenantId>();
    }
    return std::optional(*TenantId::Parse((*found)->request.target.name));
  });
  co_return co_await here;
}

void Replays::TakeUp(std::vector<TenantHandle> tenants) {
  tasks_.Spawn(TakeUpAll(std::move(tenants)));
}

async::Task<void> Replays::TakeUpAll(std::vector<TenantHandle> tenants) {
  for (const TenantHandle& tenant : tenants) {
    if (tasks_.stopping()) co_return;
    if (auto taken = TakeUpOf(tenant); !taken) {
      log::Warning("Replays of tenant {TenantId} are not taken up: {Reason}",
                   {{"TenantId", tenant.id()}, {"Reason", taken.error().detail}});
    }
    // One tenant a turn: requests are served meanwhile.
    co_await parts_.runtime.platform_timers().Sleep(Clock::Duration::zero());
  }
}

Status Replays::TakeUpOf(const TenantHandle& tenant) {
  auto state = parts_.databases.Open(tenant, ReplayStore::kSchema);
  if (!state) return state.error();
  auto tokens = ReplayStore(**state, tenant, parts_.runtime.random()).Unattended();
  if (!tokens) return tokens.error();
  for (const std::string& token : *tokens) {
    if (Running(tenant, token)) continue;
    if (auto resumed = ResumeHere(tenant, token, false); !resumed) return resumed.error();
  }
  return {};
}

async::Task<void> Replays::LetGo(TenantHandle tenant) {
  std::vector<RunPtr> going;
  for (const auto& [token, run] : runs_) {
    if (run->tenant().id() == tenant.id() || run->WritesTo(tenant.id())) going.push_back(run);
  }
  for (const RunPtr& run : going) {
    run->Ask(ReplayRun::Stop::kInterrupt);
    co_await run->WaitForEnd(kLongestWait);
  }
}

void Replays::RequestStop() {
  tasks_.RequestStop();
  for (const auto& [token, run] : runs_) run->Ask(ReplayRun::Stop::kAgentEnds);
}

async::Task<void> Replays::Stop() {
  RequestStop();
  co_await tasks_.Stop();
}

}  // namespace notify::agent::pipeline
