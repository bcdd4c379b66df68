#include "agent/tenant/registry.hpp"

#include <algorithm>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/tenant/handle_issuer.hpp"
#include "common/log.hpp"

namespace notify::agent::tenant {
namespace {

Error NotFound(const TenantId& id) {
  return Fail(Errc::kTenantNotFound, "There is no tenant '" + id.text() + "'.",
              "notifyctl tenant list");
}

void Apply(const TenantChange& change, TenantRow& row) {
  if (change.name) row.name = *change.name;
  if (change.tier) row.tier = *change.tier;
  if (change.hosts) row.hosts_json = HostsJson(*change.hosts);
  if (change.settings) row.config_json = ConfigJson(*change.settings);
  if (change.limits) row.limits_json = LimitsJson(*change.limits);
}

/// What an update is to a tenant's log: another tier, another configuration, or both.
std::vector<std::string> EventsOf(const TenantRow& before, const TenantRow& after) {
  std::vector<std::string> events;
  if (after.tier != before.tier) events.emplace_back("tenant.upgraded");
  if (after.name != before.name || after.hosts_json != before.hosts_json ||
      after.config_json != before.config_json || after.limits_json != before.limits_json) {
    events.emplace_back("tenant.configured");
  }
  return events;
}

}  // namespace

async::Task<Status> Registry::Load() {
  async::RunOn there(parts_.runtime.platform(), LoadHere());
  co_return co_await there;
}

async::Task<void> Registry::FinishUnfinished() {
  async::RunOn there(parts_.runtime.platform(), FinishHere());
  co_await there;
}

async::Task<Result<TenantPtr>> Registry::Create(TenantDraft draft, Origin origin) {
  async::RunOn there(parts_.runtime.platform(), CreateHere(std::move(draft), origin));
  co_return co_await there;
}

async::Task<Result<TenantPtr>> Registry::Update(TenantId id, std::string body) {
  async::RunOn there(parts_.runtime.platform(), UpdateHere(std::move(id), std::move(body)));
  co_return co_await there;
}

async::Task<Result<TenantPtr>> Registry::Suspend(TenantId id) {
  async::RunOn there(parts_.runtime.platform(),
                     SetStateHere(std::move(id), TenantState::kSuspended));
  co_return co_await there;
}

async::Task<Result<TenantPtr>> Registry::Resume(TenantId id) {
  async::RunOn there(parts_.runtime.platform(), SetStateHere(std::move(id), TenantState::kActive));
  co_return co_await there;
}

async::Task<Status> Registry::Delete(TenantId id) {
  async::RunOn there(parts_.runtime.platform(), DeleteHere(std::move(id)));
  co_return co_await there;
}

std::int64_t Registry::NowMs() const {
  return std::chrono::floor<std::chrono::milliseconds>(parts_.runtime.clock().WallNow())
      .time_since_epoch()
      .count();
}

async::Task<Result<TenantPtr>> Registry::CreateHere(TenantDraft draft, Origin origin) {
  const auto turn = co_await parts_.directory.turns().Take();
  if (auto checked = CheckNew(draft, origin); !checked) co_return checked.error();
  auto row = NewRow(draft);
  if (!row) co_return row.error();
  if (auto inserted = parts_.store.Insert(*row); !inserted) co_return inserted.error();
  Status made = MakeFolders(row->id);
  if (made) {
    auto established = co_await Establish(*row);
    if (established) co_return established;
    made = established.error();
  }
  if (auto undone = co_await Dissolve(*row); !undone) {
    log::Error("Tenant {TenantId} was not made and is undone at the next start: {Reason}",
               {{"TenantId", row->id}, {"Reason", undone.error().detail}});
  }
  co_return made.error();
}

async::Task<Result<TenantPtr>> Registry::UpdateHere(TenantId id, std::string body) {
  const auto turn = co_await parts_.directory.turns().Take();
  const auto now = directory().Tenant(id);
  if (!now) co_return NotFound(id);
  const auto change = ParseTenantChange(body, *now);
  if (!change) co_return change.error();
  if (change->hosts) {
    if (auto checked = CheckHosts(id, *change->hosts); !checked) co_return checked.error();
  }
  auto row = RowOf(id);
  if (!row) co_return row.error();
  const TenantRow before = *row;
  Apply(*change, *row);
  auto events = EventsOf(before, *row);
  co_return co_await Save(std::move(*row), std::move(events));
}

async::Task<Result<TenantPtr>> Registry::SetStateHere(TenantId id, TenantState state) {
  const auto turn = co_await parts_.directory.turns().Take();
  const auto now = directory().Tenant(id);
  if (!now || now->state == TenantState::kCreating) co_return NotFound(id);
  if (now->state == state) co_return now;
  auto row = RowOf(id);
  if (!row) co_return row.error();
  row->state = state;
  const bool suspend = state == TenantState::kSuspended;
  std::vector<std::string> events = {suspend ? "tenant.suspended" : "tenant.resumed"};
  auto saved = co_await Save(std::move(*row), std::move(events));
  if (saved && suspend) co_await LetGo(*saved);
  co_return saved;
}

async::Task<Status> Registry::DeleteHere(TenantId id) {
  const auto turn = co_await parts_.directory.turns().Take();
  auto row = RowOf(id);
  if (!row) co_return row.error();
  auto dissolved = co_await Dissolve(std::move(*row));
  if (dissolved) RecordDeleted(id);
  co_return dissolved;
}

void Registry::RecordDeleted(const TenantId& id) {
  AuditEntry entry;
  entry.actor = "agent";
  entry.action = "tenant.deleted";
  entry.target = "tenant:" + id.text();
  entry.result = "granted";
  parts_.audit.RecordPlatform(std::move(entry));
}

Status Registry::CheckNew(const TenantDraft& draft, Origin origin) {
  const std::string& name = draft.id.text();
  if (IsReservedTenantName(name) && !(origin == Origin::kAgent && name == "default")) {
    return Fail(Errc::kTenantInvalid, "The name '" + name + "' is reserved.",
                "Choose another one.");
  }
  const auto row = parts_.store.Tenant(draft.id);
  if (!row) return row.error();
  if (*row) {
    const bool going = (*row)->state == TenantState::kDeleting;
    return Fail(
        Errc::kTenantExists,
        going ? "Tenant '" + name + "' is still being deleted." : "Tenant '" + name + "' exists.",
        going ? "notifyctl tenant delete " + name : "notifyctl tenant get " + name);
  }
  if (parts_.runtime.files().Exists(FolderOf(draft.id))) {
    return Fail(Errc::kConflict,
                "The folder " + FolderOf(draft.id) + " is there, and no tenant that it is of.",
                "Move it away first.");
  }
  return draft.fields.hosts ? CheckHosts(draft.id, *draft.fields.hosts) : Status();
}

Status Registry::CheckHosts(const TenantId& id, const std::vector<std::string>& hosts) const {
  for (const std::string& host : hosts) {
    const TenantId* const owner = directory().Find(host);
    if (owner != nullptr && *owner != id) {
      return Fail(Errc::kConflict, "The host " + host + " is tenant '" + owner->text() + "'s.",
                  "notifyctl tenant get " + owner->text());
    }
  }
  return {};
}

Result<TenantRow> Registry::NewRow(const TenantDraft& draft) {
  TenantRow row;
  row.id = draft.id;
  row.created_ms = NowMs();
  const auto epoch = parts_.store.NextEpoch(row.created_ms);
  if (!epoch) return epoch.error();
  row.epoch = *epoch;
  Random& random = parts_.runtime.random();
  const Secret data_key = store::NewKey(random);
  row.wrapped_data_key =
      parts_.keyring.master().Wrap(random, {row.id, "data", row.key_id}, data_key);
  row.wrapped_token_key =
      store::KeyWrap(data_key).Wrap(random, {row.id, "token", 1}, store::NewKey(random));
  const TenantRecord defaults;
  row.name = draft.id.text();
  row.tier = defaults.tier;
  row.hosts_json = HostsJson({});
  row.config_json = ConfigJson(defaults.settings);
  row.limits_json = LimitsJson(defaults.limits);
  Apply(draft.fields, row);
  return row;
}

Result<TenantRow> Registry::RowOf(const TenantId& id) {
  auto row = parts_.store.Tenant(id);
  if (!row) return row.error();
  if (!*row) return NotFound(id);
  return std::move(**row);
}

Result<TenantPtr> Registry::RecordOf(const TenantRow& row) const {
  TenantRecord record;
  record.id = row.id;
  record.name = row.name;
  record.tier = row.tier;
  record.state = row.state;
  record.hosts = HostsFromJson(row.hosts_json);
  record.settings = SettingsFromJson(row.config_json);
  record.limits = LimitsFromJson(row.limits_json);
  record.created_ms = row.created_ms;
  record.epoch = row.epoch;
  record.storage = std::hash<TenantId>()(row.id) % parts_.runtime.storage_threads();
  record.folder = FolderOf(row.id);
  record.key_id = row.key_id;
  record.revision = row.revision;
  if (row.state != TenantState::kDeleting) {
    auto data_key =
        parts_.keyring.master().Unwrap({row.id, "data", row.key_id}, row.wrapped_data_key);
    if (!data_key) return data_key.error();
    auto token_key = store::KeyWrap(*data_key).Unwrap({row.id, "token", 1}, row.wrapped_token_key);
    if (!token_key) return token_key.error();
    record.data_key = std::move(*data_key);
    record.token_key = std::move(*token_key);
  }
  return TenantPtr(std::make_shared<const TenantRecord>(std::move(record)));
}

async::Task<Result<TenantPtr>> Registry::Save(TenantRow row, std::vector<std::string> events) {
  ++row.revision;
  auto record = RecordOf(row);
  if (!record) co_return record.error();
  if (auto written = parts_.store.Update(row); !written) co_return written.error();
  co_await PublishWith(*record);
  // The change is made; an event that the log does not take now costs the event only.
  for (std::string& event : events) {
    if (auto told = co_await Tell(*record, std::move(event)); !told) {
      log::Warning("The change of tenant {TenantId} is not in its log: {Reason}",
                   {{"TenantId", row.id}, {"Reason", told.error().detail}});
    }
  }
  co_return record;
}

async::Task<Status> Registry::Tell(TenantPtr tenant, std::string type) {
  OwnEvent event;
  event.id =
      DerivedUuid(type + "/" + tenant->id.text() + "/" + std::to_string(tenant->epoch.value) + "/" +
                  std::to_string(tenant->revision));
  event.type = std::move(type);
  event.subject = tenant->id.text();
  event.data_json = TenantJson(*tenant);
  std::vector<OwnEvent> events;
  events.push_back(std::move(event));
  auto appended =
      co_await parts_.feedback.Append(HandleIssuer::ForLifecycle(tenant), std::move(events));
  if (!appended) co_return appended.error();
  co_return Status();
}

async::Task<void> Registry::PublishWith(TenantPtr tenant) {
  DirectoryContents next = directory().contents();
  std::erase_if(next.tenants, [&](const TenantPtr& other) { return other->id == tenant->id; });
  next.tenants.push_back(std::move(tenant));
  co_await parts_.directory.Publish(std::move(next));
}

async::Task<void> Registry::PublishWithout(TenantId id) {
  DirectoryContents next = directory().contents();
  std::erase_if(next.tenants, [&](const TenantPtr& other) { return other->id == id; });
  std::erase_if(next.keys, [&](const ApiKeyRecord& key) { return key.tenant == id; });
  next.revoked.erase(id);
  co_await parts_.directory.Publish(std::move(next));
}

}  // namespace notify::agent::tenant
