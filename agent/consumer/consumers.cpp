#include "agent/consumer/consumers.hpp"

#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"
#include "common/log.hpp"

namespace notify::agent::consumer {
namespace {

Error NoSuchConsumer(const std::string& name) {
  return Fail(Errc::kNotFound, "There is no consumer '" + name.substr(0, 128) + "'.",
              "notifyctl consumer list");
}

}  // namespace

/// While it lives, the entry stays.
class Consumers::Call {
 public:
  explicit Call(Entry& entry) : entry_(&entry) { ++entry.calls; }
  Call(Call&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  Call& operator=(Call&&) = delete;
  ~Call() {
    if (entry_ != nullptr && --entry_->calls == 0) entry_->call_ended.Notify();
  }

 private:
  Entry* entry_;
};

struct Consumers::Held {
  Call call;
  // Whoever deletes the consumer does not wait for the call.
  ConsumerPtr consumer;
};

Consumers::Consumers(ConsumerParts parts) : parts_(parts), tasks_(parts.runtime.platform()) {}

Consumers::~Consumers() = default;

Result<Consumers::Entry*> Consumers::EntryOf(const TenantHandle& tenant) {
  if (tasks_.stopping()) return Fail(Errc::kUnavailable, "The agent is stopping.");
  const auto found = entries_.find(tenant.id());
  if (found != entries_.end()) {
    Entry& entry = *found->second;
    if (entry.let_go || entry.tenant.record().epoch != tenant.record().epoch) {
      return Fail(Errc::kUnavailable, "The tenant is being stopped.");
    }
    return &entry;
  }
  auto entry = std::make_unique<Entry>(tenant);
  if (auto loaded = Load(*entry); !loaded) return loaded.error();
  return entries_.emplace(tenant.id(), std::move(entry)).first->second.get();
}

Status Consumers::Load(Entry& entry) {
  auto state = parts_.databases.Open(entry.tenant, kConsumerSchema);
  if (!state) return state.error();
  auto stored = ConsumerStore(**state).List();
  if (!stored) return stored.error();
  for (StoredConsumer& one : *stored) {
    if (auto added = Add(entry, std::move(one)); !added) return added.error();
  }
  return {};
}

Result<Consumer*> Consumers::Add(Entry& entry, StoredConsumer stored) {
  const std::string name = stored.spec.name;
  auto consumer = std::make_shared<Consumer>(parts_, tasks_, entry.tenant, std::move(stored));
  if (auto loaded = consumer->LoadRetrying(); !loaded) return loaded.error();
  if (waits_end_) consumer->EndWaits();
  Consumer* added = consumer.get();
  entry.consumers[name] = std::move(consumer);
  return added;
}

Result<Consumer*> Consumers::Find(Entry& entry, const std::string& name) {
  const auto found = entry.consumers.find(name);
  if (found == entry.consumers.end()) return NoSuchConsumer(name);
  if (!found->second->IsExpired()) return found->second.get();
  if (auto removed = Remove(entry, name); !removed) return removed.error();
  return NoSuchConsumer(name);
}

Result<Consumers::Held> Consumers::Hold(const TenantHandle& tenant, const std::string& name) {
  auto entry = EntryOf(tenant);
  if (!entry) return entry.error();
  auto consumer = Find(**entry, name);
  if (!consumer) return consumer.error();
  return Held{Call(**entry), (*consumer)->shared_from_this()};
}

Consumer* Consumers::FindLoaded(const TenantHandle& tenant, const std::string& name) {
  const auto entry = entries_.find(tenant.id());
  if (entry == entries_.end() || entry->second->let_go ||
      entry->second->tenant.record().epoch != tenant.record().epoch) {
    return nullptr;
  }
  const auto found = entry->second->consumers.find(name);
  return found == entry->second->consumers.end() ? nullptr : found->second.get();
}

Status Consumers::Remove(Entry& entry, const std::string& name) {
  auto state = parts_.databases.Open(entry.tenant, kConsumerSchema);
  if (!state) return state.error();
  if (auto deleted = ConsumerStore(**state).Delete(name); !deleted) return deleted;
  const auto found = entry.consumers.find(name);
  found->second->Close(NoSuchConsumer(name));
  entry.consumers.erase(found);
  return {};
}

void Consumers::RemoveExpired(Entry& entry) {
  std::vector<std::string> expired;
  for (const auto& [name, consumer] : entry.consumers) {
    if (consumer->IsExpired()) expired.push_back(name);
  }
  for (const std::string& name : expired) {
    if (auto removed = Remove(entry, name); !removed) {
      log::Warning("Consumer {Consumer} of tenant {TenantId} is not removed: {Reason}",
                   {{"Consumer", name},
                    {"TenantId", entry.tenant.id()},
                    {"Reason", removed.error().detail}});
    } else {
      log::Info("Consumer {Consumer} of tenant {TenantId} was not used and is removed",
                {{"Consumer", name}, {"TenantId", entry.tenant.id()}});
    }
  }
}

async::Task<void> Consumers::LookAtHead(Entry& entry) {
  const Call call(entry);
  auto head = co_await parts_.events.Head(entry.tenant);
  if (!head) co_return;
  for (const auto& [name, consumer] : entry.consumers) {
    consumer->HeadMoved({head->epoch, head->last});
  }
}

async::Task<Result<std::string>> Consumers::Create(TenantHandle tenant, ConsumerDraft draft) {
  async::RunOn here(parts_.runtime.platform(), PutHere(std::move(tenant), std::move(draft), false));
  co_return co_await here;
}

async::Task<Result<std::string>> Consumers::Put(TenantHandle tenant, ConsumerDraft draft) {
  async::RunOn here(parts_.runtime.platform(), PutHere(std::move(tenant), std::move(draft), true));
  co_return co_await here;
}

async::Task<Result<std::string>> Consumers::PutHere(TenantHandle tenant, ConsumerDraft draft,
                                                    bool replace) {
  auto made = co_await Make(std::move(tenant), std::move(draft),
                            replace ? IfThere::kReplace : IfThere::kRefuse);
  if (!made) co_return made.error();
  co_return (*made)->Json();
}

async::Task<Result<Consumers::ConsumerPtr>> Consumers::Make(TenantHandle tenant,
                                                            ConsumerDraft draft, IfThere if_there) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  auto head = co_await parts_.events.Head(tenant);
  if (!head) co_return head.error();
  if ((*entry)->let_go) co_return Fail(Errc::kUnavailable, "The tenant is being stopped.");
  RemoveExpired(**entry);
  if (draft.after && draft.after->epoch.value == 0) draft.after->epoch = head->epoch;
  const Position end{head->epoch, head->last};
  const std::string name = draft.spec.name;
  if (const auto found = (*entry)->consumers.find(name); found != (*entry)->consumers.end()) {
    auto changed = Change(**entry, *found->second, std::move(draft), if_there);
    if (changed) (*changed)->HeadMoved(end);
    co_return changed;
  }
  if (auto room = CheckRoom(**entry, name); !room) co_return room.error();
  StoredConsumer stored;
  stored.spec = std::move(draft.spec);
  stored.kept.acknowledged = stored.kept.handed = draft.after.value_or(end);
  stored.created_ms = stored.used_ms = UnixMs(parts_.runtime.clock().WallNow());
  auto state = parts_.databases.Open(tenant, kConsumerSchema);
  if (!state) co_return state.error();
  if (auto put = ConsumerStore(**state).Put(stored); !put) co_return put.error();
  auto added = Add(**entry, std::move(stored));
  if (!added) co_return added.error();
  (*added)->HeadMoved(end);
  co_return (*added)->shared_from_this();
}

Result<Consumers::ConsumerPtr> Consumers::Change(Entry& entry, Consumer& there, ConsumerDraft draft,
                                                 IfThere if_there) {
  const std::string& name = there.spec().name;
  if (if_there == IfThere::kRefuse) {
    return Fail(Errc::kConflict, "There is a consumer '" + name + "' already.",
                "notifyctl consumer get " + name);
  }
  if (if_there == IfThere::kContinue) {
    draft.after.reset();
    // Most come again with what they asked for before, which is not worth a write.
    if (SpecJson(draft.spec) == SpecJson(there.spec())) return entry.consumers.at(name);
  }
  if (auto changed = there.Change(std::move(draft.spec), draft.after); !changed) {
    return changed.error();
  }
  return there.shared_from_this();
}

Status Consumers::CheckRoom(const Entry& entry, const std::string& name) {
  // A range of names: behind '/' comes '0'.
  const auto& all = entry.consumers;
  const auto count = std::distance(all.lower_bound("hub/"), all.lower_bound("hub0"));
  const auto of_hub = static_cast<std::size_t>(count);
  if (!name.starts_with("hub/")) {
    if (all.size() - of_hub < kMost) return {};
    return Fail(Errc::kConflict, "The tenant has 1,000 consumers, as many as there can be.",
                "notifyctl consumer delete NAME");
  }
  if (of_hub >= kMostOfHub) {
    return Fail(Errc::kConflict,
                "The tenant has 10,000 durable subscriptions, as many as there can be, until one "
                "that nobody uses is forgotten.");
  }
  const std::string owner = name.substr(0, name.rfind('/') + 1);
  std::size_t owned = 0;
  for (auto one = all.lower_bound(owner); one != all.end() && one->first.starts_with(owner);
       ++one) {
    if (one->first.find('/', owner.size()) == std::string::npos) ++owned;
  }
  if (owned < kMostOfOwner) return {};
  return Fail(Errc::kConflict,
              "This user has 32 durable subscriptions, as many as there can be; use one of their "
              "names.");
}

async::Task<Result<Consumers::Begun>> Consumers::Begin(TenantHandle tenant, ConsumerDraft draft) {
  async::RunOn here(parts_.runtime.platform(), BeginHere(std::move(tenant), std::move(draft)));
  co_return co_await here;
}

async::Task<Result<Consumers::Begun>> Consumers::BeginHere(TenantHandle tenant,
                                                           ConsumerDraft draft) {
  const std::string name = draft.spec.name;
  auto made = co_await Make(tenant, std::move(draft), IfThere::kContinue);
  if (!made) co_return made.error();
  auto held = Hold(tenant, name);
  if (!held) co_return held.error();
  const std::uint64_t claim = ++last_claim_;
  auto standing = co_await held->consumer->Begin(claim);
  if (!standing) co_return standing.error();
  co_return Begun{claim, *standing};
}

async::Task<void> Consumers::End(TenantHandle tenant, std::string name, std::uint64_t claim) {
  async::CallOn here(parts_.runtime.platform(), [&] {
    if (Consumer* consumer = FindLoaded(tenant, name)) consumer->End(claim);
  });
  co_await here;
}

async::Task<Result<std::string>> Consumers::Get(TenantHandle tenant, std::string name) {
  async::RunOn here(parts_.runtime.platform(), GetHere(std::move(tenant), std::move(name)));
  co_return co_await here;
}

async::Task<Result<std::string>> Consumers::GetHere(TenantHandle tenant, std::string name) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  co_await LookAtHead(**entry);
  auto consumer = Find(**entry, name);
  if (!consumer) co_return consumer.error();
  co_return (*consumer)->Json();
}

async::Task<Result<std::vector<Consumers::Listed>>> Consumers::List(TenantHandle tenant,
                                                                    std::string after,
                                                                    std::size_t limit) {
  async::RunOn here(parts_.runtime.platform(),
                    ListHere(std::move(tenant), std::move(after), limit));
  co_return co_await here;
}

async::Task<Result<std::vector<Consumers::Listed>>> Consumers::ListHere(TenantHandle tenant,
                                                                        std::string after,
                                                                        std::size_t limit) {
  auto entry = EntryOf(tenant);
  if (!entry) co_return entry.error();
  const Call call(**entry);
  co_await LookAtHead(**entry);
  RemoveExpired(**entry);
  std::vector<Listed> shown;
  const auto& consumers = (*entry)->consumers;
  for (auto one = consumers.upper_bound(after); one != consumers.end() && shown.size() < limit;
       ++one) {
    shown.push_back({one->first, one->second->Json()});
  }
  co_return shown;
}

async::Task<Status> Consumers::Delete(TenantHandle tenant, std::string name) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Status {
    auto entry = EntryOf(tenant);
    if (!entry) return entry.error();
    if (auto consumer = Find(**entry, name); !consumer) return consumer.error();
    return Remove(**entry, name);
  });
  co_return co_await here;
}

async::Task<Result<Fetched>> Consumers::Fetch(TenantHandle tenant, std::string name,
                                              FetchRequest request) {
  async::RunOn here(parts_.runtime.platform(),
                    FetchHere(std::move(tenant), std::move(name), std::move(request)));
  co_return co_await here;
}

async::Task<Result<Fetched>> Consumers::FetchHere(TenantHandle tenant, std::string name,
                                                  FetchRequest request) {
  auto held = Hold(tenant, name);
  if (!held) co_return held.error();
  co_return co_await held->consumer->Fetch(std::move(request));
}

async::Task<void> Consumers::TakeBack(TenantHandle tenant, std::string name, Fetched fetched,
                                      Reached reached, std::uint64_t claim) {
  async::CallOn here(parts_.runtime.platform(),
                     [&] { TakeBackHere(tenant, name, fetched, reached, claim); });
  co_await here;
}

void Consumers::TakeBackSoon(TenantHandle tenant, std::string name, Fetched fetched,
                             Reached reached) {
  parts_.runtime.platform().Post([this, tenant = std::move(tenant), name = std::move(name),
                                  fetched = std::move(fetched),
                                  reached] { TakeBackHere(tenant, name, fetched, reached, 0); });
}

void Consumers::TakeBackHere(const TenantHandle& tenant, const std::string& name,
                             const Fetched& fetched, Reached reached, std::uint64_t claim) {
  Consumer* consumer = FindLoaded(tenant, name);
  if (consumer != nullptr && consumer->IsHeldBy(claim)) consumer->TakeBack(fetched, reached);
}

async::Task<Result<Position>> Consumers::Acknowledge(TenantHandle tenant, std::string name,
                                                     Position position, std::uint64_t claim) {
  async::RunOn here(parts_.runtime.platform(),
                    AcknowledgeHere(std::move(tenant), std::move(name), position, claim));
  co_return co_await here;
}

async::Task<Result<Position>> Consumers::AcknowledgeHere(TenantHandle tenant, std::string name,
                                                         Position position, std::uint64_t claim) {
  auto held = Hold(tenant, name);
  if (!held) co_return held.error();
  Consumer& consumer = *held->consumer;
  if (!consumer.IsKnown(position)) {
    auto head = co_await parts_.events.Head(tenant);
    if (!head) co_return head.error();
    const Position end{head->epoch, head->last};
    consumer.HeadMoved(end);
    if (!consumer.IsKnown(position)) {
      co_return Fail(Errc::kInvalidArgument, "The position " + position.ToString() +
                                                 " is ahead of the log, which ends at " +
                                                 end.ToString() + ".");
    }
  }
  co_return consumer.Acknowledge(position, claim);
}

async::Task<Result<Refusal>> Consumers::Refuse(TenantHandle tenant, std::string name,
                                               Position position) {
  async::RunOn here(parts_.runtime.platform(),
                    RefuseHere(std::move(tenant), std::move(name), position));
  co_return co_await here;
}

async::Task<Result<Refusal>> Consumers::RefuseHere(TenantHandle tenant, std::string name,
                                                   Position position) {
  auto held = Hold(tenant, name);
  if (!held) co_return held.error();
  co_return co_await held->consumer->Refuse(position);
}

}  // namespace notify::agent::consumer
