#include "agent/schema/upcast_store.hpp"

#include <array>

namespace notify::agent::schema {
namespace {

constexpr std::array<std::string_view, 1> kSteps = {
    "CREATE TABLE upcast_steps(type TEXT NOT NULL, from_version INTEGER NOT NULL, text TEXT NOT "
    "NULL, created_ms INTEGER NOT NULL, PRIMARY KEY(type, from_version)) WITHOUT ROWID"};

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

}  // namespace

const store::StageSchema UpcastStore::kSchema = {"upcast", kSteps};

Result<std::vector<StoredUpcaster>> UpcastStore::List() {
  std::vector<StoredUpcaster> found;
  auto read = state_.Query(
      "SELECT type,from_version,text,created_ms FROM upcast_steps ORDER BY type,from_version", {},
      [&](const store::Row& row) {
        found.push_back({row.Text(0), row.Integer(1), row.Text(2), row.Integer(3)});
        return true;
      });
  if (!read) return read.error();
  return found;
}

Status UpcastStore::Put(const StoredUpcaster& upcaster) {
  return Done(state_.Run("INSERT OR REPLACE INTO upcast_steps VALUES(?1,?2,?3,?4)",
                         {std::string_view(upcaster.type), upcaster.from,
                          std::string_view(upcaster.text), upcaster.created_ms}));
}

Status UpcastStore::Delete(std::string_view type, std::int64_t from) {
  return Done(
      state_.Run("DELETE FROM upcast_steps WHERE type=?1 AND from_version=?2", {type, from}));
}

Status UpcastStore::DeleteAll(std::string_view type) {
  return Done(state_.Run("DELETE FROM upcast_steps WHERE type=?1", {type}));
}

}  // namespace notify::agent::schema
