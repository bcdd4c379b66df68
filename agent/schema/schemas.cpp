#include "agent/schema/schemas.hpp"

#include <utility>

#include "agent/async/run_on.hpp"
#include "common/json_text.hpp"
#include "common/log.hpp"

namespace notify::agent::schema {
namespace {

using ::notify::schema::CompatibilityName;
using ::notify::schema::JsonSchema;

OwnEvent ChangeOf(const char* type, const std::string& subject) {
  OwnEvent event;
  event.type = type;
  event.subject = subject;
  event.data_json = "{\"type\":";
  AppendJsonString(event.data_json, subject);
  return event;
}

/// Whether there is room for one more; `known`: the type has a schema already.
Status CheckRoom(const TenantSchemas& now, bool known, std::size_t bytes) {
  if (!known && now.types() >= Schemas::kMostTypes) {
    return Fail(Errc::kConflict, "The tenant has schemas for " +
                                     std::to_string(Schemas::kMostTypes) +
                                     " types, which is as many as there can be.");
  }
  if (now.bytes() + bytes > Schemas::kMostBytes) {
    return Fail(Errc::kConflict, "The tenant's schemas in force would take more than " +
                                     std::to_string(Schemas::kMostBytes) + " bytes.");
  }
  return {};
}

}  // namespace

async::Task<Result<std::vector<StoredSchema>>> Schemas::List(TenantHandle tenant, std::string after,
                                                             std::size_t limit) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<std::vector<StoredSchema>> {
    auto state = OpenState(tenant);
    if (!state) return state.error();
    return SchemaStore(**state).List(after, limit);
  });
  co_return co_await here;
}

async::Task<Result<StoredSchema>> Schemas::Get(TenantHandle tenant, std::string type,
                                               std::optional<std::int64_t> version) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<StoredSchema> {
    auto state = OpenState(tenant);
    if (!state) return state.error();
    return SchemaStore(**state).Get(type, version);
  });
  co_return co_await here;
}

async::Task<Result<SchemaStore::Put>> Schemas::Put(TenantHandle tenant, SchemaDraft draft,
                                                   bool dry_run) {
  async::RunOn here(parts_.runtime.platform(),
                    PutHere(std::move(tenant), std::move(draft), dry_run));
  co_return co_await here;
}

async::Task<Result<SchemaStore::Put>> Schemas::PutHere(TenantHandle tenant, SchemaDraft draft,
                                                       bool dry_run) {
  auto put = Write(tenant, std::move(draft), dry_run);
  if (!put) co_return put.error();
  if (put->created && !dry_run) co_await Publish();
  if (put->changed && !dry_run) {
    OwnEvent event = ChangeOf("tenant.schema.changed", put->schema.type);
    event.data_json += ",\"version\":" + std::to_string(put->schema.version) +
                       ",\"compatibility\":\"" + std::string(CompatibilityName(put->schema.rule)) +
                       "\"}";
    co_await Tell(std::move(tenant), std::move(event));
  }
  co_return put;
}

Result<SchemaStore::Put> Schemas::Write(const TenantHandle& tenant, SchemaDraft draft,
                                        bool dry_run) {
  if (auto named = CheckSchemaType(draft.type); !named) return named.error();
  auto compiled = JsonSchema::Compile(draft.text);
  if (!compiled) return compiled.error();
  auto now = Loaded(tenant);
  if (!now) return now.error();
  auto state = OpenState(tenant);
  if (!state) return state.error();
  SchemaStore store(**state);
  auto newest = store.Get(draft.type, std::nullopt);
  if (!newest && newest.error().code != Errc::kNotFound) return newest.error();

  StoredSchema next;
  next.type = draft.type;
  next.text = std::move(draft.text);
  next.version = newest ? newest->version + 1 : 1;
  if (newest) next.rule = newest->rule;
  if (!draft.compatibility.empty()) {
    auto rule = ::notify::schema::ParseCompatibility(draft.compatibility);
    if (!rule) return rule.error();
    next.rule = *rule;
  }
  const bool same = newest && newest->text == next.text;
  if (newest && !same) {
    auto older = JsonSchema::Compile(newest->text);
    if (!older) return older.error();
    if (auto kept = CheckCompatible(**older, **compiled, next.rule); !kept) return kept.error();
  }
  if (!same) {
    auto room = CheckRoom(**now, newest.has_value(), next.text.size());
    if (!room) return room.error();
  }
  if (dry_run) return SchemaStore::Put{std::move(next), !same, !same};

  // The mark first: one too many costs a look, one too few would let everything through.
  if (auto marked = Mark(tenant); !marked) return marked.error();
  auto put = store.Add(std::move(next), parts_.runtime.clock().WallNow());
  if (!put || !put->created) return put;
  auto after = std::make_shared<TenantSchemas>(**now);
  after->Add(put->schema.type, {put->schema.version, *compiled}, SchemaStore::kVersionsInForce);
  current_[tenant.id()] = {tenant.record().epoch, std::move(after)};
  return put;
}

async::Task<Status> Schemas::Delete(TenantHandle tenant, std::string type) {
  async::RunOn here(parts_.runtime.platform(), DeleteHere(std::move(tenant), std::move(type)));
  co_return co_await here;
}

async::Task<Status> Schemas::DeleteHere(TenantHandle tenant, std::string type) {
  auto now = Loaded(tenant);
  if (!now) co_return now.error();
  auto state = OpenState(tenant);
  if (!state) co_return state.error();
  auto deleted = SchemaStore(**state).Delete(type, parts_.runtime.clock().WallNow());
  if (!deleted) co_return deleted;
  auto after = std::make_shared<TenantSchemas>(**now);
  after->Remove(type);
  current_[tenant.id()] = {tenant.record().epoch, std::move(after)};
  co_await Publish();
  OwnEvent event = ChangeOf("tenant.schema.deleted", type);
  event.data_json += "}";
  co_await Tell(std::move(tenant), std::move(event));
  co_return Status();
}

async::Task<void> Schemas::Tell(TenantHandle tenant, OwnEvent event) {
  const std::string type = event.subject;
  std::vector<OwnEvent> events;
  events.push_back(std::move(event));
  auto told = co_await parts_.feedback.Append(tenant, std::move(events));
  if (!told) {
    // The change is in force all the same; only its event is missing.
    log::Error("The change of schema {Type} of tenant {TenantId} is not in its log: {Reason}",
               {{"Type", type}, {"TenantId", tenant.id()}, {"Reason", told.error().detail}});
  }
}

async::Task<void> Schemas::Publish() {
  // One at a time, so that no thread is given an older table after a newer one.
  while (publishing_) co_await published_.Wait();
  publishing_ = true;
  const auto table = std::make_shared<const Table>(current_);
  co_await tables_.Publish(table);
  publishing_ = false;
  published_.Notify();
}

}  // namespace notify::agent::schema
