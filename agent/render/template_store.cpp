#include "agent/render/template_store.hpp"

#include <array>
#include <utility>

namespace notify::agent::render {
namespace {

// A deleted template stays as a row without a body, so that its versions go on.
constexpr std::array<std::string_view, 1> kSteps = {R"(
CREATE TABLE render_templates(
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL) WITHOUT ROWID)"};

std::int64_t Milliseconds(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

}  // namespace

const store::StageSchema TemplateStore::kSchema = {"render", kSteps};

Result<std::vector<StoredTemplate>> TemplateStore::Select(std::string_view where,
                                                          std::string_view id) {
  std::vector<StoredTemplate> found;
  Status status;
  const std::string sql =
      "SELECT id,version,body,created_ms,updated_ms FROM render_templates "
      "WHERE body IS NOT NULL AND " +
      std::string(where) + " ORDER BY id";
  auto read = state_.Query(sql, {id}, [&](const store::Row& row) {
    auto stored = ParseTemplate(row.Text(2), row.Text(0));
    if (!stored) {
      status = Fail(Errc::kInternal, "The stored template " + row.Text(0) + " cannot be read.");
      return false;
    }
    stored->version = row.Integer(1);
    stored->created_ms = row.Integer(3);
    stored->updated_ms = row.Integer(4);
    found.push_back(std::move(*stored));
    return true;
  });
  if (read && !status) read = status;
  if (!read) return read.error();
  return found;
}

Result<std::vector<StoredTemplate>> TemplateStore::List() { return Select("?1=''", ""); }

Result<StoredTemplate> TemplateStore::Get(std::string_view id) {
  auto found = Select("id=?1", id);
  if (!found) return found.error();
  if (found->empty()) {
    return Fail(Errc::kNotFound, "There is no template " + std::string(id) + ".",
                "notifyctl template list");
  }
  return std::move(found->front());
}

Result<StoredTemplate> TemplateStore::Put(StoredTemplate stored, Clock::WallTime now) {
  stored.version = 1;
  stored.created_ms = stored.updated_ms = Milliseconds(now);
  auto status = state_.Transaction([&]() -> Status {
    auto read =
        state_.Query("SELECT version,created_ms,body IS NULL FROM render_templates WHERE id=?1",
                     {stored.id}, [&](const store::Row& row) {
                       stored.version = row.Integer(0) + 1;
                       if (row.Integer(2) == 0) stored.created_ms = row.Integer(1);
                       return false;
                     });
    if (!read) return read;
    const std::string body = TemplateJson(stored);
    const auto put = state_.Run(
        "INSERT OR REPLACE INTO render_templates(id,version,body,created_ms,updated_ms) "
        "VALUES(?1,?2,?3,?4,?5)",
        {stored.id, stored.version, body, stored.created_ms, stored.updated_ms});
    return put ? Status() : Status(put.error());
  });
  if (!status) return status.error();
  return stored;
}

Status TemplateStore::Delete(std::string_view id, Clock::WallTime now) {
  const auto changed = state_.Run(
      "UPDATE render_templates SET body=NULL,updated_ms=?2 WHERE id=?1 AND body IS NOT NULL",
      {id, Milliseconds(now)});
  if (!changed) return changed.error();
  if (*changed == 0) return Get(id).error();
  return {};
}

}  // namespace notify::agent::render
