#include "agent/projection/projection_store.hpp"

#include <map>
#include <string>
#include <utility>

namespace notify::agent::projection {
namespace {

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

std::int64_t Number(Generation::Role role) { return static_cast<std::int64_t>(role); }

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

Result<Generation> FromRow(const store::Row& row) {
  auto definition = ParseDefinition(row.Text(3), row.Text(1));
  if (!definition) {
    return Fail(Errc::kInternal, "The stored projection '" + row.Text(1) + "' cannot be read.");
  }
  Generation generation;
  generation.id = row.Integer(0);
  generation.role = static_cast<Generation::Role>(row.Integer(2));
  generation.definition = std::move(*definition);
  generation.version = row.Integer(4);
  generation.position = {Epoch{static_cast<std::uint64_t>(row.Integer(5))},
                         Sequence{static_cast<std::uint64_t>(row.Integer(6))}};
  generation.keys = row.Integer(7);
  generation.bytes = row.Integer(8);
  generation.events = row.Integer(9);
  generation.skipped = row.Integer(10);
  generation.last_skipped = row.Text(11);
  generation.gap = row.Text(12);
  generation.started_ms = row.Integer(13);
  return generation;
}

}  // namespace

Result<std::vector<Registered>> ProjectionStore::List() {
  std::map<std::string, Registered> found;
  auto read = state_.Query("SELECT name,version,created_ms,updated_ms FROM projection_registered",
                           {}, [&](const store::Row& row) {
                             Registered one;
                             one.name = row.Text(0);
                             one.version = row.Integer(1);
                             one.created_ms = row.Integer(2);
                             one.updated_ms = row.Integer(3);
                             found[one.name] = std::move(one);
                             return true;
                           });
  if (!read) return read.error();
  Status readable;
  read = state_.Query(
      "SELECT id,name,role,definition,version,epoch,sequence,keys,bytes,events,skipped,"
      "last_skipped,gap,started_ms FROM projection_generations WHERE role<>?1",
      {Number(Generation::Role::kDropped)}, [&](const store::Row& row) {
        auto generation = FromRow(row);
        if (!generation) {
          readable = generation.error();
          return false;
        }
        Registered& one = found[row.Text(1)];
        if (generation->role == Generation::Role::kServing) {
          one.serving = std::move(*generation);
        } else {
          one.building = std::move(*generation);
        }
        return true;
      });
  if (read && !readable) read = readable;
  if (!read) return read.error();
  std::vector<Registered> all;
  for (auto& [name, one] : found) all.push_back(std::move(one));
  return all;
}

Status ProjectionStore::Insert(Generation& generation) {
  const std::string definition = DefinitionJson(generation.definition);
  auto inserted = state_.Run(
      "INSERT INTO projection_generations(name,role,definition,version,epoch,sequence,keys,bytes,"
      "events,skipped,last_skipped,gap,started_ms) VALUES(?1,?2,?3,?4,?5,?6,0,0,0,0,'',?7,?8)",
      {generation.definition.name, Number(generation.role), definition, generation.version,
       Signed(generation.position.epoch.value), Signed(generation.position.sequence.value),
       generation.gap, generation.started_ms});
  if (!inserted) return inserted.error();
  generation.id = state_.last_insert_id();
  return {};
}

Status ProjectionStore::Drop(std::string_view name, Generation::Role role) {
  return Done(state_.Run("UPDATE projection_generations SET role=?3 WHERE name=?1 AND role=?2",
                         {name, Number(role), Number(Generation::Role::kDropped)}));
}

Status ProjectionStore::Create(Registered& registered) {
  return state_.Transaction([&]() -> Status {
    auto put = Done(state_.Run(
        "INSERT INTO projection_registered VALUES(?1,?2,?3,?4)",
        {registered.name, registered.version, registered.created_ms, registered.updated_ms}));
    if (!put) return put;
    return Insert(registered.serving);
  });
}

Status ProjectionStore::Build(const Registered& registered, Generation& next) {
  next.role = Generation::Role::kBuilding;
  return state_.Transaction([&]() -> Status {
    auto dropped = Drop(registered.name, Generation::Role::kBuilding);
    if (!dropped) return dropped;
    auto put =
        Done(state_.Run("UPDATE projection_registered SET version=?2,updated_ms=?3 WHERE name=?1",
                        {registered.name, registered.version, registered.updated_ms}));
    if (!put) return put;
    return Insert(next);
  });
}

Status ProjectionStore::Save(const Generation& generation) {
  return Done(state_.Run(
      "UPDATE projection_generations SET epoch=?2,sequence=?3,keys=?4,bytes=?5,events=?6,"
      "skipped=?7,last_skipped=?8,gap=?9 WHERE id=?1",
      {generation.id, Signed(generation.position.epoch.value),
       Signed(generation.position.sequence.value), generation.keys, generation.bytes,
       generation.events, generation.skipped, generation.last_skipped, generation.gap}));
}

Status ProjectionStore::Swap(const Registered& registered) {
  return state_.Transaction([&]() -> Status {
    auto dropped = Drop(registered.name, Generation::Role::kServing);
    if (!dropped) return dropped;
    return Done(state_.Run("UPDATE projection_generations SET role=?2 WHERE id=?1",
                           {registered.building->id, Number(Generation::Role::kServing)}));
  });
}

Status ProjectionStore::Delete(std::string_view name) {
  return state_.Transaction([&]() -> Status {
    for (const auto role : {Generation::Role::kServing, Generation::Role::kBuilding}) {
      if (auto dropped = Drop(name, role); !dropped) return dropped;
    }
    return Done(state_.Run("DELETE FROM projection_registered WHERE name=?1", {name}));
  });
}

Result<bool> ProjectionStore::Sweep(std::int64_t rows) {
  const auto dropped = state_.Number("SELECT id FROM projection_generations WHERE role=?1 LIMIT 1",
                                     {Number(Generation::Role::kDropped)});
  if (!dropped) return dropped.error();
  if (!*dropped) return false;
  const auto removed = state_.Run(
      "DELETE FROM projection_states WHERE generation=?1 AND key_hash IN "
      "(SELECT key_hash FROM projection_states WHERE generation=?1 LIMIT ?2)",
      {**dropped, rows});
  if (!removed) return removed.error();
  if (*removed == rows) return true;
  auto gone = Done(state_.Run("DELETE FROM projection_generations WHERE id=?1", {**dropped}));
  if (!gone) return gone.error();
  return true;
}

}  // namespace notify::agent::projection
