#include "agent/projection/projections.hpp"

#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/projection/tables.hpp"
#include "common/json_text.hpp"
#include "common/log.hpp"

namespace notify::agent::projection {
namespace {

constexpr std::size_t kAnswerBytes = 4 << 20;

std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

Error NoSuchProjection(const std::string& name) {
  return Fail(Errc::kNotFound, "There is no projection '" + name.substr(0, 128) + "'.",
              "notifyctl projection list");
}

Position EndOf(const LogHead& head) { return {head.epoch, head.last}; }

/// What a projection that begins now cannot read; nothing where the log is whole.
std::optional<Gap> MissingIn(const LogHead& head) {
  if (head.first.value <= 1) return std::nullopt;
  const Position begin{head.epoch, Sequence{0}};
  return Gap{Gap::Reason::kRetention,
             begin,
             {head.epoch, Sequence{head.first.value - 1}},
             head.first.value - 1};
}

}  // namespace

/// While it lives, the entry stays.
class Projections::Call {
 public:
  explicit Call(Entry& entry) : entry_(entry) { ++entry_.calls; }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    --entry_.calls;
    entry_.progress.Notify();
  }

 private:
  Entry& entry_;
};

Projections::Projections(ProjectionParts parts, Options options)
    : parts_(parts), options_(options), tasks_(parts.runtime.platform()) {}

Projections::~Projections() = default;

Result<Projections::Entry*> Projections::EntryOf(const TenantHandle& tenant) {
  if (tasks_.stopping()) return Fail(Errc::kUnavailable, "The agent is stopping.");
  const auto found = entries_.find(tenant.id());
  if (found != entries_.end()) {
    Entry& entry = *found->second;
    if (entry.let_go || entry.tenant.record().epoch != tenant.record().epoch) {
      return Fail(Errc::kUnavailable, "The tenant is being stopped.");
    }
    return &entry;
  }
  // It is there once it is loaded: a handle that outlived its tenant loads nothing, and must not
  // stand in the way of a later tenant of that name.
  auto state = parts_.databases.Open(tenant, kProjectionSchema);
  if (!state) return state.error();
  auto stored = ProjectionStore(**state).List();
  if (!stored) return stored.error();
  auto entry = std::make_unique<Entry>(tenant);
  for (Registered& one : *stored) entry->registered[one.name] = std::move(one);
  return entries_.emplace(tenant.id(), std::move(entry)).first->second.get();
}

Result<Registered*> Projections::Find(Entry& entry, const std::string& name) {
  const auto found = entry.registered.find(name);
  if (found == entry.registered.end()) return NoSuchProjection(name);
  return &found->second;
}

async::Task<Result<std::string>> Projections::Create(TenantHandle tenant, Definition definition,
                                                     From from) {
  async::RunOn here(parts_.runtime.platform(),
                    PutHere(std::move(tenant), std::move(definition), from, false));
  co_return co_await here;
}

async::Task<Result<std::string>> Projections::Put(TenantHandle tenant, Definition definition,
                                                  From from) {
  async::RunOn here(parts_.runtime.platform(),
                    PutHere(std::move(tenant), std::move(definition), from, true));
  co_return co_await here;
}

async::Task<Result<std::string>> Projections::PutHere(TenantHandle tenant, Definition definition,
                                                      From from, bool replace) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  auto head = co_await parts_.events.Head(tenant);
  if (!head) co_return head.error();
  if ((*entry)->let_go) co_return Fail(Errc::kUnavailable, "The tenant is being stopped.");
  (*entry)->head = std::max((*entry)->head, EndOf(*head));
  const std::string name = definition.name;
  const auto found = (*entry)->registered.find(name);
  const bool known = found != (*entry)->registered.end();
  if (known && !replace) {
    co_return Fail(Errc::kConflict, "There is a projection '" + name + "' already.",
                   "notifyctl projection apply -f FILE");
  }
  if (known) {
    const Registered& one = found->second;
    const Definition& now = one.building ? one.building->definition : one.serving.definition;
    const auto moment = parts_.runtime.clock().Now();
    if (DefinitionJson(now) == DefinitionJson(definition)) co_return (*entry)->Json(one, moment);
  } else if ((*entry)->registered.size() >= options_.most) {
    co_return Fail(Errc::kConflict,
                   "The tenant has " + std::to_string(options_.most) +
                       " projections, as many as there can be.",
                   "notifyctl projection delete NAME");
  }
  const auto missing = MissingIn(*head);
  if (missing && from == From::kFirst) {
    co_return NotFromTheFirst(*missing);
  }
  const Position begin = missing ? missing->resumed_after : Position{head->epoch, Sequence{0}};
  const std::string gap = missing ? GapJson(*missing) : std::string();
  Status done;
  if (known) {
    Registered changed = found->second;
    ++changed.version;
    changed.updated_ms = UnixMs(parts_.runtime.clock().WallNow());
    done = BeginBuilding(**entry, changed, std::move(definition), begin, gap);
    if (done) found->second = std::move(changed);
  } else {
    done = Add(**entry, std::move(definition), begin, gap);
  }
  if (!done) co_return done.error();
  Queue(**entry);
  Registered& one = (*entry)->registered.at(name);
  std::string json = (*entry)->Json(one, parts_.runtime.clock().Now());
  co_await Tell(tenant, "tenant.projection.changed", name, one.version);
  co_return json;
}

Status Projections::Add(Entry& entry, Definition definition, Position begin, std::string gap) {
  auto state = parts_.databases.Open(entry.tenant, kProjectionSchema);
  if (!state) return state.error();
  Registered fresh;
  fresh.name = definition.name;
  fresh.created_ms = fresh.updated_ms = UnixMs(parts_.runtime.clock().WallNow());
  fresh.serving.definition = std::move(definition);
  fresh.serving.position = begin;
  fresh.serving.gap = std::move(gap);
  fresh.serving.started_ms = fresh.created_ms;
  if (auto created = ProjectionStore(**state).Create(fresh); !created) return created;
  entry.registered[fresh.name] = std::move(fresh);
  return {};
}

Status Projections::BeginBuilding(Entry& entry, Registered& registered, Definition definition,
                                  Position begin, std::string gap) {
  auto state = parts_.databases.Open(entry.tenant, kProjectionSchema);
  if (!state) return state.error();
  Generation next;
  next.definition = std::move(definition);
  next.version = registered.version;
  next.position = begin;
  next.gap = std::move(gap);
  next.started_ms = UnixMs(parts_.runtime.clock().WallNow());
  if (auto built = ProjectionStore(**state).Build(registered, next); !built) return built;
  registered.building = std::move(next);
  entry.dropped = true;
  return {};
}

Error Projections::NotFromTheFirst(const Gap& missing) {
  Error error = Fail(
      Errc::kGap,
      "The log no longer begins at its first event: " + std::to_string(missing.missed.value_or(0)) +
          " events are gone and cannot be counted again.",
      "With --from-retained (fromRetained=true) it begins at the oldest that is "
      "still there.");
  error.errors.push_back({"", GapJson(missing), 0});
  return error;
}

async::Task<Result<std::string>> Projections::Rebuild(TenantHandle tenant, std::string name,
                                                      From from) {
  async::RunOn here(parts_.runtime.platform(),
                    RebuildHere(std::move(tenant), std::move(name), from));
  co_return co_await here;
}

async::Task<Result<std::string>> Projections::RebuildHere(TenantHandle tenant, std::string name,
                                                          From from) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  auto head = co_await parts_.events.Head(tenant);
  if (!head) co_return head.error();
  if ((*entry)->let_go) co_return Fail(Errc::kUnavailable, "The tenant is being stopped.");
  (*entry)->head = std::max((*entry)->head, EndOf(*head));
  auto one = Find(**entry, name);
  if (!one) co_return one.error();
  if (!(*one)->building) {
    const auto missing = MissingIn(*head);
    if (missing && from == From::kFirst) co_return NotFromTheFirst(*missing);
    const Position begin = missing ? missing->resumed_after : Position{head->epoch, Sequence{0}};
    auto begun = BeginBuilding(**entry, **one, (*one)->serving.definition, begin,
                               missing ? GapJson(*missing) : std::string());
    if (!begun) co_return begun.error();
    Queue(**entry);
  }
  co_return (*entry)->Json(**one, parts_.runtime.clock().Now());
}

async::Task<Result<std::string>> Projections::Get(TenantHandle tenant, std::string name) {
  async::RunOn here(parts_.runtime.platform(), GetHere(std::move(tenant), std::move(name)));
  co_return co_await here;
}

async::Task<Result<std::string>> Projections::GetHere(TenantHandle tenant, std::string name) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  auto head = co_await parts_.events.Head(tenant);
  if (!head) co_return head.error();
  (*entry)->head = std::max((*entry)->head, EndOf(*head));
  auto one = Find(**entry, name);
  if (!one) co_return one.error();
  co_return (*entry)->Json(**one, parts_.runtime.clock().Now());
}

async::Task<Result<std::vector<Projections::Listed>>> Projections::List(TenantHandle tenant,
                                                                        std::string after,
                                                                        std::size_t limit) {
  async::RunOn here(parts_.runtime.platform(),
                    ListHere(std::move(tenant), std::move(after), limit));
  co_return co_await here;
}

async::Task<Result<std::vector<Projections::Listed>>> Projections::ListHere(TenantHandle tenant,
                                                                            std::string after,
                                                                            std::size_t limit) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  auto head = co_await parts_.events.Head(tenant);
  if (!head) co_return head.error();
  (*entry)->head = std::max((*entry)->head, EndOf(*head));
  std::vector<Listed> shown;
  const auto& all = (*entry)->registered;
  for (auto one = all.upper_bound(after); one != all.end() && shown.size() < limit; ++one) {
    shown.push_back({one->first, (*entry)->Json(one->second, parts_.runtime.clock().Now())});
  }
  co_return shown;
}

async::Task<Status> Projections::Delete(TenantHandle tenant, std::string name) {
  async::RunOn here(parts_.runtime.platform(), DeleteHere(std::move(tenant), std::move(name)));
  co_return co_await here;
}

async::Task<Status> Projections::DeleteHere(TenantHandle tenant, std::string name) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  auto one = Find(**entry, name);
  if (!one) co_return one.error();
  auto state = parts_.databases.Open(tenant, kProjectionSchema);
  if (!state) co_return state.error();
  if (auto deleted = ProjectionStore(**state).Delete(name); !deleted) co_return deleted;
  (*entry)->registered.erase(name);
  (*entry)->dropped = true;
  Queue(**entry);
  co_await Tell(tenant, "tenant.projection.deleted", name, 0);
  co_return Status();
}

async::Task<Result<Projections::Answer>> Projections::Ask(TenantHandle tenant, std::string name,
                                                          Query query) {
  async::RunOn here(parts_.runtime.platform(),
                    AskHere(std::move(tenant), std::move(name), std::move(query)));
  co_return co_await here;
}

async::Task<Result<Projections::Answer>> Projections::AskHere(TenantHandle tenant, std::string name,
                                                              Query query) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  if (auto found = Find(**entry, name); !found) co_return found.error();
  if (auto caught_up = co_await CatchUp(**entry, name); !caught_up) co_return caught_up.error();
  auto one = Find(**entry, name);
  if (!one) co_return one.error();
  const Generation& serving = (*one)->serving;
  auto state = parts_.databases.Open(tenant, kProjectionSchema);
  if (!state) co_return state.error();
  KeyStates states(**state, tenant, parts_.runtime.random());
  Answer answer{serving.position, (*entry)->head, {}, {}};
  if (query.key) {
    auto found = states.Find(serving.id, *query.key);
    if (!found) co_return found.error();
    if (!*found) {
      co_return Fail(
          Errc::kNotFound,
          "There is no key '" + query.key->substr(0, 128) + "' in projection '" + name + "'.",
          "notifyctl projection query " + name);
    }
    answer.items.push_back(std::move(**found));
    co_return answer;
  }
  auto page = states.List(serving.id, query.after, query.limit, kAnswerBytes);
  if (!page) co_return page.error();
  answer.items = std::move(page->items);
  if (page->more) answer.next = answer.items.back().place;
  co_return answer;
}

async::Task<Status> Projections::CatchUp(Entry& entry, std::string name) {
  auto head = co_await parts_.events.Head(entry.tenant);
  if (!head) co_return head.error();
  const Position target = EndOf(*head);
  entry.head = std::max(entry.head, target);
  const auto until = parts_.runtime.clock().Now() + options_.patience;
  ++entry.waiting;
  while (!entry.let_go && !tasks_.stopping()) {
    const auto one = entry.registered.find(name);
    if (one == entry.registered.end() || one->second.serving.position >= target) break;
    const auto now = parts_.runtime.clock().Now();
    if (now >= until) break;
    Queue(entry);
    co_await entry.progress.WaitFor(parts_.runtime.platform_timers(), until - now);
    if (!entry.last && !entry.running && !entry.queued) break;
  }
  --entry.waiting;
  co_return Status();
}

async::Task<void> Projections::Tell(TenantHandle tenant, std::string type, std::string name,
                                    std::int64_t version) {
  OwnEvent event;
  event.type = std::move(type);
  event.subject = name;
  event.data_json = "{\"name\":";
  AppendJsonString(event.data_json, name);
  if (version > 0) event.data_json += ",\"version\":" + std::to_string(version);
  event.data_json += "}";
  std::vector<OwnEvent> events;
  events.push_back(std::move(event));
  auto told = co_await parts_.feedback.Append(tenant, std::move(events));
  if (!told) {
    // The change is in force all the same; only its event is missing.
    log::Error(
        "The change of projection {Projection} of tenant {TenantId} is not in its log: {Reason}",
        {{"Projection", name}, {"TenantId", tenant.id()}, {"Reason", told.error().detail}});
  }
}

}  // namespace notify::agent::projection
