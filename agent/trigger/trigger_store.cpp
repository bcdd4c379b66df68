#include "agent/trigger/trigger_store.hpp"

#include <array>
#include <utility>

#include "agent/store/aead.hpp"

namespace notify::agent::trigger {
namespace {

// A deleted rule stays as a row without a body, so that its versions go on.
constexpr std::array<std::string_view, 1> kSteps = {R"(
CREATE TABLE trigger_rules(
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT, secret BLOB,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL) WITHOUT ROWID)"};

std::int64_t Milliseconds(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

std::string SecretContext(const TenantHandle& tenant, const std::string& id) {
  return "trigger|" + tenant.id().text() + "|" + id;
}

Status NeedSecret(const Trigger& trigger) {
  if (trigger.audience.kind != Audience::Kind::kWebhook || !trigger.audience.secret.empty()) {
    return {};
  }
  Error error = Fail(Errc::kInvalidArgument, "/audience/webhook/secret is required.",
                     "Give whsec_ and the base64 of 24 to 64 random bytes.");
  error.errors = {{.pointer = "/audience/webhook/secret", .detail = "is required"}};
  return error;
}

}  // namespace

const store::StageSchema TriggerStore::kSchema = {"trigger", kSteps};

Result<std::vector<Trigger>> TriggerStore::Select(std::string_view where, std::string_view id) {
  std::vector<Trigger> found;
  Status status;
  store::Aead aead(tenant_.record().data_key);
  const std::string sql =
      "SELECT id,version,body,secret,created_ms,updated_ms FROM trigger_rules "
      "WHERE body IS NOT NULL AND " +
      std::string(where) + " ORDER BY id";
  auto done = state_.Query(sql, {id}, [&](const store::Row& row) {
    auto trigger = ParseTrigger(row.Text(2), row.Text(0));
    if (!trigger) {
      status = Fail(Errc::kInternal, "The stored rule " + row.Text(0) + " cannot be read.");
      return false;
    }
    trigger->version = row.Integer(1);
    trigger->created_ms = row.Integer(4);
    trigger->updated_ms = row.Integer(5);
    if (!row.IsNull(3)) {
      std::string secret;
      status = aead.Open(SecretContext(tenant_, trigger->id), row.Bytes(3), secret);
      trigger->audience.secret = Secret(std::move(secret));
    }
    found.push_back(std::move(*trigger));
    return status.has_value();
  });
  if (done && !status) done = status;
  if (!done) return done.error();
  return found;
}

Result<std::vector<Trigger>> TriggerStore::List() { return Select("?1=''", ""); }

Result<Trigger> TriggerStore::Get(std::string_view id) {
  auto found = Select("id=?1", id);
  if (!found) return found.error();
  if (found->empty()) {
    return Fail(Errc::kNotFound, "There is no trigger " + std::string(id) + ".",
                "notifyctl trigger list");
  }
  return std::move(found->front());
}

Result<Trigger> TriggerStore::Put(Trigger trigger, Clock::WallTime now) {
  trigger.version = 1;
  trigger.updated_ms = trigger.created_ms = Milliseconds(now);
  auto status = state_.Transaction([&]() -> Status {
    auto old = Get(trigger.id);
    if (!old && old.error().code != Errc::kNotFound) return old.error();
    if (old) {
      trigger.created_ms = old->created_ms;
      if (trigger.audience.secret.empty()) trigger.audience.secret = old->audience.secret;
    }
    if (auto needed = NeedSecret(trigger); !needed) return needed;
    const auto last = state_.Number("SELECT version FROM trigger_rules WHERE id=?1", {trigger.id});
    if (!last) return last.error();
    trigger.version = last->value_or(0) + 1;
    std::string sealed;
    if (!trigger.audience.secret.empty()) {
      store::Aead aead(tenant_.record().data_key);
      aead.Seal(random_, SecretContext(tenant_, trigger.id), trigger.audience.secret.Reveal(),
                sealed);
    }
    const std::string body = TriggerJson(trigger);
    const auto put = state_.Run(
        "INSERT OR REPLACE INTO trigger_rules(id,version,body,secret,created_ms,updated_ms) "
        "VALUES(?1,?2,?3,?4,?5,?6)",
        {trigger.id, trigger.version, body,
         sealed.empty() ? store::Parameter(nullptr) : store::Parameter(store::Blob{sealed}),
         trigger.created_ms, trigger.updated_ms});
    return put ? Status() : Status(put.error());
  });
  if (!status) return status.error();
  return trigger;
}

Status TriggerStore::Delete(std::string_view id, Clock::WallTime now) {
  const auto changed = state_.Run(
      "UPDATE trigger_rules SET body=NULL, secret=NULL, updated_ms=?2 WHERE id=?1 AND body IS NOT "
      "NULL",
      {id, Milliseconds(now)});
  if (!changed) return changed.error();
  if (*changed == 0) return Get(id).error();
  return {};
}

Result<bool> TriggerStore::InstallWhereNone(const std::vector<Trigger>& examples,
                                            Clock::WallTime now) {
  const auto known = state_.Number("SELECT count(*) FROM trigger_rules");
  if (!known) return known.error();
  if (known->value_or(0) > 0) return false;
  for (const Trigger& example : examples) {
    if (auto put = Put(example, now); !put) return put.error();
  }
  return true;
}

}  // namespace notify::agent::trigger
