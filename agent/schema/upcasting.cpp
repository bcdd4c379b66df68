#include "agent/schema/upcasting.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/schema/schema_store.hpp"
#include "agent/schema/upcast_store.hpp"
#include "common/json_text.hpp"
#include "common/log.hpp"

namespace notify::agent::schema {
namespace {

constexpr std::array<std::string_view, 1> kMarkSteps = {
    "CREATE TABLE upcast_tenants(tenant TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID"};
constexpr store::StageSchema kMarks{"upcast", kMarkSteps};

Status Only(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

/// The versions of a type's schema and when each began, ascending; empty where it has none.
Result<std::vector<std::pair<std::int64_t, std::int64_t>>> VersionsOf(store::Database& state,
                                                                      std::string_view type) {
  std::vector<std::pair<std::int64_t, std::int64_t>> versions;
  auto read =
      state.Query("SELECT version,created_ms FROM schema_documents WHERE type=?1 ORDER BY version",
                  {type}, [&](const store::Row& row) {
                    versions.emplace_back(row.Integer(0), row.Integer(1));
                    return true;
                  });
  if (!read) return read.error();
  return versions;
}

Error NoSuch(const std::string& type, std::int64_t from) {
  return Fail(Errc::kNotFound,
              "Type '" + type.substr(0, 64) + "' has no upcaster from version " +
                  std::to_string(from) + ".",
              "notifyctl schema upcast list " + type.substr(0, 64));
}

/// Whether the versions that are lifted would follow each other.
Status CheckChain(const Upcasters::Chain* chain, std::int64_t from) {
  if (chain == nullptr || chain->steps.contains(from)) return {};
  const std::int64_t first = chain->steps.begin()->first;
  const std::int64_t last = chain->steps.rbegin()->first;
  if (from == first - 1 || from == last + 1) return {};
  return Fail(Errc::kConflict,
              "The chain would have a hole: versions " + std::to_string(first) + " to " +
                  std::to_string(last) + " are lifted, so that the next one is from " +
                  std::to_string(last + 1) + " or " + std::to_string(first - 1) + ".");
}

}  // namespace

Upcasting::Upcasting(Parts parts, Table marked)
    : parts_(parts),
      current_(std::move(marked)),
      tables_(parts.runtime, std::make_shared<const Table>(current_)) {}

Result<std::unique_ptr<Upcasting>> Upcasting::Make(Parts parts) {
  if (auto migrated = parts.platform.Migrate(kMarks); !migrated) return migrated.error();
  Table marked;
  auto read = parts.platform.Query(
      "SELECT tenant, epoch FROM upcast_tenants", {}, [&marked](const store::Row& row) {
        if (auto id = TenantId::Parse(row.Text(0))) {
          marked[*id] = {Epoch{static_cast<std::uint64_t>(row.Integer(1))}, nullptr};
        }
        return true;
      });
  if (!read) return read.error();
  return std::unique_ptr<Upcasting>(new Upcasting(parts, std::move(marked)));
}

const Upcasting::Table* Upcasting::TableOf(const async::Executor& here) const {
  if (&here == &parts_.runtime.platform()) return &*tables_.OfPlatform();
  for (std::size_t io = 0; io < parts_.runtime.io_threads(); ++io) {
    if (&here == &parts_.runtime.io(io).executor()) return &*tables_.OfIo(io);
  }
  return nullptr;
}

const Upcasting::Slot* Upcasting::Find(const Table& table, const TenantHandle& tenant) {
  if (table.empty()) return nullptr;
  const auto found = table.find(tenant.id());
  if (found == table.end() || found->second.epoch != tenant.record().epoch) return nullptr;
  return &found->second;
}

UpcastersPtr Upcasting::Known(const async::Executor& here, const TenantHandle& tenant) const {
  const Table* table = TableOf(here);
  const Slot* slot = table == nullptr ? nullptr : Find(*table, tenant);
  const bool any = slot != nullptr && slot->upcasters != nullptr && !slot->upcasters->empty();
  return any ? slot->upcasters : nullptr;
}

async::Task<Result<UpcastersPtr>> Upcasting::Of(TenantHandle tenant) {
  const async::Executor& here = co_await async::ThisExecutor();
  if (const Table* table = TableOf(here)) {
    const Slot* slot = Find(*table, tenant);
    if (slot == nullptr || slot->upcasters != nullptr) co_return Known(here, tenant);
  }
  async::RunOn there(parts_.runtime.platform(), LoadHere(std::move(tenant)));
  co_return co_await there;
}

async::Task<Result<UpcastersPtr>> Upcasting::LoadHere(TenantHandle tenant) {
  const Slot* slot = Find(current_, tenant);
  if (slot != nullptr && slot->upcasters == nullptr) {
    auto read = Read(tenant);
    if (!read) co_return read.error();
    current_[tenant.id()] = {tenant.record().epoch, *read};
    co_await Publish();
  }
  // Not from this thread's view: another caller's load may still be on its way there.
  const Slot* loaded = Find(current_, tenant);
  const bool any = loaded != nullptr && loaded->upcasters && !loaded->upcasters->empty();
  co_return any ? loaded->upcasters : nullptr;
}

Result<UpcastersPtr> Upcasting::Read(const TenantHandle& tenant) {
  auto schemas = parts_.databases.Open(tenant, SchemaStore::kSchema);
  if (!schemas) return schemas.error();
  auto state = parts_.databases.Open(tenant, UpcastStore::kSchema);
  if (!state) return state.error();
  auto stored = UpcastStore(**state).List();
  if (!stored) return stored.error();
  const auto before = current_.find(tenant.id());
  std::map<std::string, Upcasters::Chain> chains;
  for (StoredUpcaster& one : *stored) {
    auto compiled = Upcaster::Compile(one.text);
    if (!compiled) {
      return Fail(Errc::kInternal, "The stored upcaster of type '" + one.type + "' from version " +
                                       std::to_string(one.from) + " cannot be used.");
    }
    Upcasters::Chain& chain = chains[one.type];
    Upcasters::Step step{std::move(one), std::move(*compiled)};
    // What it could not lift stays counted as long as it is the same.
    if (before != current_.end() && before->second.upcasters != nullptr) {
      const auto* known = before->second.upcasters->Find(step.stored.type);
      const auto same = known == nullptr ? std::map<std::int64_t, Upcasters::Step>::const_iterator()
                                         : known->steps.find(step.stored.from);
      if (known != nullptr && same != known->steps.end() &&
          same->second.stored.text == step.stored.text) {
        step.failed = same->second.failed;
      }
    }
    chain.steps.emplace(step.stored.from, std::move(step));
  }
  auto upcasters = std::make_shared<Upcasters>();
  for (auto& [type, chain] : chains) {
    auto versions = VersionsOf(**state, type);
    if (!versions) return versions.error();
    chain.versions = std::move(*versions);
    upcasters->Set(type, std::move(chain));
  }
  return UpcastersPtr(std::move(upcasters));
}

async::Task<Result<std::vector<std::string>>> Upcasting::List(TenantHandle tenant,
                                                              std::string type) {
  async::CallOn versions(parts_.runtime.platform(), [&] { return Versions(tenant, type); });
  if (auto known = co_await versions; !known) co_return known.error();
  auto upcasters = co_await Of(std::move(tenant));
  if (!upcasters) co_return upcasters.error();
  std::vector<std::string> shown;
  const auto* chain = *upcasters == nullptr ? nullptr : (*upcasters)->Find(type);
  if (chain == nullptr) co_return shown;
  for (const auto& [from, step] : chain->steps) {
    shown.push_back(UpcasterJson(step.stored, step.failed->load(std::memory_order_relaxed)));
  }
  co_return shown;
}

Result<Upcasting::VersionTimes> Upcasting::Versions(const TenantHandle& tenant,
                                                    const std::string& type) {
  auto state = parts_.databases.Open(tenant, SchemaStore::kSchema);
  if (!state) return state.error();
  auto versions = VersionsOf(**state, type);
  if (!versions || !versions->empty()) return versions;
  return Fail(Errc::kNotFound, "Type '" + type.substr(0, 64) + "' has no schema, so no versions.",
              "notifyctl schema put " + type.substr(0, 64) + " -f FILE");
}

async::Task<Result<std::string>> Upcasting::Put(TenantHandle tenant, std::string type,
                                                std::int64_t from, std::string text) {
  StoredUpcaster upcaster{std::move(type), from, std::move(text), 0};
  async::RunOn there(parts_.runtime.platform(), PutHere(std::move(tenant), std::move(upcaster)));
  co_return co_await there;
}

async::Task<Result<std::string>> Upcasting::PutHere(TenantHandle tenant, StoredUpcaster upcaster) {
  auto versions = Versions(tenant, upcaster.type);
  if (!versions) co_return versions.error();
  auto compiled = Upcaster::Compile(upcaster.text);
  if (!compiled) co_return compiled.error();
  auto now = Read(tenant);
  if (!now) co_return now.error();
  auto state = parts_.databases.Open(tenant, UpcastStore::kSchema);
  if (!state) co_return state.error();
  const std::int64_t first = versions->front().first;
  const std::int64_t newest = versions->back().first;
  if (upcaster.from < first || upcaster.from >= newest) {
    co_return Fail(Errc::kInvalidArgument,
                   "There is no version " + std::to_string(upcaster.from) +
                       " that could be lifted: the schema has versions " + std::to_string(first) +
                       " to " + std::to_string(newest) + ", and the newest is what is lifted to.",
                   "notifyctl schema get " + upcaster.type);
  }
  if (auto whole = CheckChain((*now)->Find(upcaster.type), upcaster.from); !whole) {
    co_return whole.error();
  }
  upcaster.created_ms =
      std::chrono::floor<std::chrono::milliseconds>(parts_.runtime.clock().WallNow())
          .time_since_epoch()
          .count();
  // The mark first: one too many costs a look, one too few would leave old events as they are.
  if (auto marked = Mark(tenant); !marked) co_return marked.error();
  if (auto put = UpcastStore(**state).Put(upcaster); !put) co_return put.error();
  if (auto refreshed = co_await Refresh(tenant); !refreshed) co_return refreshed.error();
  co_await Tell(std::move(tenant), "tenant.upcaster.changed", upcaster.type, upcaster.from);
  co_return UpcasterJson(upcaster, 0);
}

async::Task<Status> Upcasting::Delete(TenantHandle tenant, std::string type, std::int64_t from) {
  async::RunOn there(parts_.runtime.platform(),
                     DeleteHere(std::move(tenant), std::move(type), from));
  co_return co_await there;
}

async::Task<Status> Upcasting::DeleteHere(TenantHandle tenant, std::string type,
                                          std::int64_t from) {
  auto now = Read(tenant);
  if (!now) co_return now.error();
  const auto* chain = (*now)->Find(type);
  if (chain == nullptr || !chain->steps.contains(from)) co_return NoSuch(type, from);
  if (from != chain->steps.begin()->first && from != chain->steps.rbegin()->first) {
    co_return Fail(Errc::kConflict,
                   "The chain would have a hole: versions before and behind " +
                       std::to_string(from) + " are lifted, too.",
                   "Delete from one of the ends.");
  }
  auto state = parts_.databases.Open(tenant, UpcastStore::kSchema);
  if (!state) co_return state.error();
  if (auto deleted = UpcastStore(**state).Delete(type, from); !deleted) co_return deleted;
  if (auto refreshed = co_await Refresh(tenant); !refreshed) co_return refreshed;
  co_await Tell(std::move(tenant), "tenant.upcaster.deleted", std::move(type), from);
  co_return Status();
}

async::Task<Status> Upcasting::DeleteAll(TenantHandle tenant, std::string type) {
  async::RunOn there(parts_.runtime.platform(), DeleteAllHere(std::move(tenant), std::move(type)));
  co_return co_await there;
}

async::Task<Status> Upcasting::DeleteAllHere(TenantHandle tenant, std::string type) {
  if (!current_.contains(tenant.id())) co_return Status();
  auto state = parts_.databases.Open(tenant, UpcastStore::kSchema);
  if (!state) co_return state.error();
  if (auto deleted = UpcastStore(**state).DeleteAll(type); !deleted) co_return deleted;
  co_return co_await Refresh(std::move(tenant));
}

Status Upcasting::Mark(const TenantHandle& tenant) {
  return Only(parts_.platform.Run("INSERT OR REPLACE INTO upcast_tenants VALUES(?1,?2)",
                                  {std::string_view(tenant.id().text()),
                                   static_cast<std::int64_t>(tenant.record().epoch.value)}));
}

async::Task<Status> Upcasting::Refresh(TenantHandle tenant) {
  auto read = Read(tenant);
  if (!read) co_return read.error();
  current_[tenant.id()] = {tenant.record().epoch, *read};
  co_await Publish();
  co_return Status();
}

async::Task<void> Upcasting::Tell(TenantHandle tenant, std::string event, std::string type,
                                  std::int64_t from) {
  OwnEvent told;
  told.type = std::move(event);
  told.subject = type;
  told.data_json = "{\"type\":";
  AppendJsonString(told.data_json, type);
  told.data_json += ",\"from\":" + std::to_string(from) + "}";
  std::vector<OwnEvent> events;
  events.push_back(std::move(told));
  auto appended = co_await parts_.feedback.Append(tenant, std::move(events));
  if (!appended) {
    // The change is in force all the same; only its event is missing.
    log::Error("The change of an upcaster of tenant {TenantId} is not in its log: {Reason}",
               {{"TenantId", tenant.id()}, {"Reason", appended.error().detail}});
  }
}

async::Task<void> Upcasting::LetGo(TenantHandle tenant) {
  if (tenant.record().state != TenantState::kDeleting) co_return;
  // A mark that stays is of an epoch that never comes again.
  static_cast<void>(parts_.platform.Run("DELETE FROM upcast_tenants WHERE tenant=?1",
                                        {std::string_view(tenant.id().text())}));
  if (current_.erase(tenant.id()) > 0) co_await Publish();
}

async::Task<void> Upcasting::Publish() {
  // One at a time, so that no thread is given an older table after a newer one.
  while (publishing_) co_await published_.Wait();
  publishing_ = true;
  const auto table = std::make_shared<const Table>(current_);
  co_await tables_.Publish(table);
  publishing_ = false;
  published_.Notify();
}

}  // namespace notify::agent::schema
