#include "agent/schema/schema_store.hpp"

#include <array>
#include <utility>

namespace notify::agent::schema {
namespace {

// A deleted type stays as a row, so that its versions go on.
constexpr std::array<std::string_view, 1> kSteps = {
    "CREATE TABLE schema_types(type TEXT PRIMARY KEY, rule TEXT NOT NULL, newest INTEGER NOT NULL,"
    " deleted INTEGER NOT NULL, updated_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE schema_documents(type TEXT NOT NULL, version INTEGER NOT NULL, text TEXT NOT "
    "NULL,"
    " created_ms INTEGER NOT NULL, PRIMARY KEY(type, version))"};

constexpr std::string_view kColumns =
    "SELECT v.type, v.version, t.rule, v.text, v.created_ms FROM schema_documents v"
    " JOIN schema_types t ON t.type=v.type WHERE t.deleted=0 ";

std::int64_t Milliseconds(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

Error NoSuch(std::string_view type, std::optional<std::int64_t> version) {
  std::string what = "There is no schema of type '" + std::string(type.substr(0, 64)) + "'";
  if (version) what += " in version " + std::to_string(*version);
  return Fail(Errc::kNotFound, what + ".", "notifyctl schema list");
}

}  // namespace

const store::StageSchema SchemaStore::kSchema = {"schema", kSteps};

Result<std::vector<StoredSchema>> SchemaStore::Select(
    std::string_view tail, std::initializer_list<store::Parameter> parameters) {
  std::vector<StoredSchema> found;
  Status readable;
  const std::string sql = std::string(kColumns).append(tail);
  auto read = state_.Query(sql, parameters, [&](const store::Row& row) {
    StoredSchema schema;
    schema.type = row.Text(0);
    schema.version = row.Integer(1);
    auto rule = ::notify::schema::ParseCompatibility(row.Text(2));
    if (!rule) {
      readable = Fail(Errc::kInternal, "The rule of schema " + schema.type + " cannot be read.");
      return false;
    }
    schema.rule = *rule;
    schema.text = row.Text(3);
    schema.created_ms = row.Integer(4);
    found.push_back(std::move(schema));
    return true;
  });
  if (read && !readable) read = readable;
  if (!read) return read.error();
  return found;
}

Result<std::vector<StoredSchema>> SchemaStore::List(std::string_view after, std::size_t limit) {
  return Select("AND v.version=t.newest AND v.type>?1 ORDER BY v.type LIMIT ?2",
                {after, static_cast<std::int64_t>(limit)});
}

Result<StoredSchema> SchemaStore::Get(std::string_view type, std::optional<std::int64_t> version) {
  auto found = Select("AND v.type=?1 AND v.version=coalesce(?2, t.newest)",
                      {type, version ? store::Parameter(*version) : store::Parameter(nullptr)});
  if (!found) return found.error();
  if (found->empty()) return NoSuch(type, version);
  return std::move(found->front());
}

Result<std::vector<StoredSchema>> SchemaStore::InForce() {
  return Select("AND v.version>t.newest-?1 ORDER BY v.type, v.version DESC", {kVersionsInForce});
}

Result<SchemaStore::Put> SchemaStore::Add(StoredSchema draft, Clock::WallTime now) {
  Put put{std::move(draft), false, false};
  auto done = state_.Transaction([&]() -> Status {
    auto newest = Get(put.schema.type, std::nullopt);
    if (!newest && newest.error().code != Errc::kNotFound) return newest.error();
    if (newest && newest->text == put.schema.text) {
      put.changed = newest->rule != put.schema.rule;
      newest->rule = put.schema.rule;
      put.schema = std::move(*newest);
      const auto updated =
          state_.Run("UPDATE schema_types SET rule=?2, updated_ms=?3 WHERE type=?1",
                     {std::string_view(put.schema.type),
                      ::notify::schema::CompatibilityName(put.schema.rule), Milliseconds(now)});
      return updated ? Status() : Status(updated.error());
    }
    return Write(put, now);
  });
  if (!done) return done.error();
  return put;
}

Status SchemaStore::Write(Put& put, Clock::WallTime now) {
  StoredSchema& schema = put.schema;
  put.created = put.changed = true;
  schema.created_ms = Milliseconds(now);
  const auto last = state_.Number("SELECT newest FROM schema_types WHERE type=?1",
                                  {std::string_view(schema.type)});
  if (!last) return last.error();
  schema.version = last->value_or(0) + 1;
  const auto rule = ::notify::schema::CompatibilityName(schema.rule);
  auto done = state_.Run("INSERT OR REPLACE INTO schema_types VALUES(?1,?2,?3,0,?4)",
                         {std::string_view(schema.type), rule, schema.version, schema.created_ms});
  if (done) {
    done = state_.Run("INSERT INTO schema_documents VALUES(?1,?2,?3,?4)",
                      {std::string_view(schema.type), schema.version, std::string_view(schema.text),
                       schema.created_ms});
  }
  return done ? Status() : Status(done.error());
}

Status SchemaStore::Delete(std::string_view type, Clock::WallTime now) {
  return state_.Transaction([&]() -> Status {
    const auto changed =
        state_.Run("UPDATE schema_types SET deleted=1, updated_ms=?2 WHERE type=?1 AND deleted=0",
                   {type, Milliseconds(now)});
    if (!changed) return changed.error();
    if (*changed == 0) return NoSuch(type, std::nullopt);
    const auto removed = state_.Run("DELETE FROM schema_documents WHERE type=?1", {type});
    return removed ? Status() : Status(removed.error());
  });
}

}  // namespace notify::agent::schema
