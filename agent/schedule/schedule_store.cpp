#include "agent/schedule/schedule_store.hpp"

#include <array>
#include <utility>

#include "agent/store/aead.hpp"
#include "common/encoding.hpp"
#include "common/model/event.hpp"

namespace notify::agent::schedule {
namespace {

using store::Blob;
using store::Parameter;
using store::Row;

constexpr std::array<std::string_view, 1> kSteps = {R"(
CREATE TABLE schedule_events(
  number INTEGER PRIMARY KEY AUTOINCREMENT, key_hash BLOB NOT NULL UNIQUE, id_hash BLOB NOT NULL,
  state INTEGER NOT NULL, due_ms INTEGER NOT NULL, accepted_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL, epoch INTEGER NOT NULL DEFAULT 0,
  sequence INTEGER NOT NULL DEFAULT 0, detail TEXT NOT NULL DEFAULT '', bytes INTEGER NOT NULL,
  event BLOB NOT NULL);
CREATE INDEX schedule_of_id ON schedule_events(id_hash, number);
CREATE INDEX schedule_open ON schedule_events(due_ms, number, bytes) WHERE state=0;
CREATE INDEX schedule_processing ON schedule_events(due_ms, number, bytes) WHERE state=1;
CREATE INDEX schedule_ended ON schedule_events(updated_ms) WHERE state>1;
CREATE INDEX schedule_by_time ON schedule_events(due_ms, number, state))"};

constexpr std::size_t kHashBytes = 16;
constexpr std::size_t kMostOfOneId = 64;

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

/// The record without what only matters while it waits.
std::string WithoutData(std::string_view record) {
  EventView event;
  std::string bare;
  if (!ReadRecord(record, event)) return bare;
  event.data_kind = DataKind::kNone;
  event.data = {};
  event.extensions.clear();
  AppendRecord(bare, event);
  return bare;
}

}  // namespace

const store::StageSchema ScheduleStore::kSchema = {"schedule", kSteps};

std::string ScheduleStore::Hash(std::string_view kind, std::string_view text) const {
  std::string message = "schedule|" + std::string(kind) + "|";
  message += text;
  return HmacSha256(tenant_.record().data_key.Reveal(), message).substr(0, kHashBytes);
}

std::string ScheduleStore::KeyOf(std::string_view record) const {
  const auto identity = ReadRecordIdentity(record).value_or(RecordIdentity{});
  if (!identity.idempotency_key.empty()) return Hash("key", identity.idempotency_key);
  return Hash("event", std::string(identity.source) + "\n" + std::string(identity.id));
}

std::string ScheduleStore::Context(std::string_view key) const {
  return "schedule|" + tenant_.id().text() + "|" + std::string(key);
}

Result<ScheduleStore::Usage> ScheduleStore::Used() {
  Usage usage;
  for (const std::string_view sql :
       {"SELECT count(*),coalesce(sum(bytes),0) FROM schedule_events WHERE state=0",
        "SELECT count(*),coalesce(sum(bytes),0) FROM schedule_events WHERE state=1"}) {
    auto read = state_.Query(sql, {}, [&](const Row& row) {
      usage.events += row.Integer(0);
      usage.bytes += row.Integer(1);
      return false;
    });
    if (!read) return read.error();
  }
  return usage;
}

Result<std::optional<ScheduledEvent>> ScheduleStore::FindSame(std::string_view record) {
  auto found = Select("key_hash=?1", {Blob{KeyOf(record)}});
  if (!found) return found.error();
  if (found->empty()) return std::optional<ScheduledEvent>();
  return std::optional(std::move(found->front()));
}

Status ScheduleStore::Add(std::string_view record, std::int64_t due_ms, std::int64_t now_ms) {
  const std::string key = KeyOf(record);
  const std::string id = Hash("id", ReadRecordIdentity(record).value_or(RecordIdentity{}).id);
  std::string sealed;
  store::Aead(tenant_.record().data_key).Seal(random_, Context(key), record, sealed);
  return Done(state_.Run(
      "INSERT INTO schedule_events(key_hash,id_hash,state,due_ms,accepted_ms,updated_ms,bytes,"
      "event) VALUES(?1,?2,0,?3,?4,?4,?5,?6)",
      {Blob{key}, Blob{id}, due_ms, now_ms, Signed(record.size()), Blob{sealed}}));
}

Result<std::vector<ScheduledEvent>> ScheduleStore::Select(
    std::string_view rest, std::initializer_list<Parameter> parameters, std::size_t max_bytes) {
  std::vector<ScheduledEvent> found;
  Status status;
  std::size_t bytes = 0;
  store::Aead aead(tenant_.record().data_key);
  const std::string sql =
      "SELECT number,state,due_ms,accepted_ms,updated_ms,epoch,sequence,detail,key_hash,event "
      "FROM schedule_events WHERE " +
      std::string(rest);
  auto read = state_.Query(sql, parameters, [&](const Row& row) {
    ScheduledEvent event;
    event.number = row.Integer(0);
    event.state = static_cast<State>(row.Integer(1));
    event.due_ms = row.Integer(2);
    event.accepted_ms = row.Integer(3);
    event.updated_ms = row.Integer(4);
    event.position.epoch.value = static_cast<std::uint64_t>(row.Integer(5));
    event.position.sequence.value = static_cast<std::uint64_t>(row.Integer(6));
    event.detail = row.Text(7);
    EventView view;
    if (!aead.Open(Context(row.Bytes(8)), row.Bytes(9), event.record) ||
        !ReadRecord(event.record, view)) {
      status = Fail(Errc::kInternal,
                    "A scheduled event cannot be opened: it was damaged, or moved "
                    "here from another tenant.");
      return false;
    }
    bytes += event.record.size();
    if (!found.empty() && bytes > max_bytes) return false;
    found.push_back(std::move(event));
    return true;
  });
  if (read && !status) read = status;
  if (!read) return read.error();
  return found;
}

Result<std::vector<ScheduledEvent>> ScheduleStore::Due(std::int64_t now_ms, std::size_t limit,
                                                       std::size_t max_bytes) {
  return Select("state=0 AND due_ms<=?1 ORDER BY due_ms,number LIMIT ?2", {now_ms, Signed(limit)},
                max_bytes);
}

Result<std::optional<std::int64_t>> ScheduleStore::NextDue() {
  return state_.Number(
      "SELECT due_ms FROM schedule_events WHERE state=0 ORDER BY due_ms,number LIMIT 1");
}

Result<std::vector<ScheduledEvent>> ScheduleStore::Processing(std::size_t limit) {
  return Select("state=1 ORDER BY due_ms,number LIMIT ?1", {Signed(limit)});
}

Status ScheduleStore::SetState(const ScheduledEvent& event, State from, State to,
                               std::int64_t now_ms) {
  const auto changed = state_.Run(
      "UPDATE schedule_events SET state=?3,updated_ms=?4 WHERE number=?1 AND state=?2",
      {event.number, static_cast<std::int64_t>(from), static_cast<std::int64_t>(to), now_ms});
  if (!changed) return changed.error();
  if (*changed == 1) return {};
  return Fail(Errc::kConflict, "The scheduled event changed meanwhile.");
}

Status ScheduleStore::Begin(const ScheduledEvent& event, std::int64_t now_ms) {
  return SetState(event, State::kPending, State::kProcessing, now_ms);
}

Status ScheduleStore::Return(const ScheduledEvent& event, std::int64_t now_ms) {
  return SetState(event, State::kProcessing, State::kPending, now_ms);
}

Status ScheduleStore::End(const ScheduledEvent& event, std::int64_t now_ms) {
  const std::string key = KeyOf(event.record);
  std::string sealed;
  store::Aead(tenant_.record().data_key)
      .Seal(random_, Context(key), WithoutData(event.record), sealed);
  return Done(state_.Run(
      "UPDATE schedule_events SET state=?2,epoch=?3,sequence=?4,detail=?5,updated_ms=?6,event=?7 "
      "WHERE number=?1 AND state<2",
      {event.number, static_cast<std::int64_t>(event.state), Signed(event.position.epoch.value),
       Signed(event.position.sequence.value), event.detail, now_ms, Blob{sealed}}));
}

Result<std::optional<ScheduledEvent>> ScheduleStore::Find(std::string_view id,
                                                          std::string_view source) {
  auto found = Select("id_hash=?1 ORDER BY number DESC LIMIT ?2",
                      {Blob{Hash("id", id)}, Signed(kMostOfOneId)});
  if (!found) return found.error();
  for (ScheduledEvent& event : *found) {
    const auto identity = ReadRecordIdentity(event.record);
    if (identity && identity->id == id && (source.empty() || identity->source == source)) {
      return std::optional(std::move(event));
    }
  }
  return std::optional<ScheduledEvent>();
}

Result<std::vector<ScheduledEvent>> ScheduleStore::List(unsigned states, Place after,
                                                        std::size_t limit) {
  return Select("(due_ms,number)>(?1,?2) AND ((1<<state)&?3)<>0 ORDER BY due_ms,number LIMIT ?4",
                {after.due_ms, after.number, static_cast<std::int64_t>(states), Signed(limit)});
}

Result<std::map<State, std::int64_t>> ScheduleStore::Counts() {
  std::map<State, std::int64_t> counts;
  auto read = state_.Query("SELECT state,count(*) FROM schedule_events GROUP BY state", {},
                           [&](const Row& row) {
                             counts[static_cast<State>(row.Integer(0))] = row.Integer(1);
                             return true;
                           });
  if (!read) return read.error();
  return counts;
}

Status ScheduleStore::Forget(std::int64_t before_ms, std::int64_t limit) {
  return Done(
      state_.Run("DELETE FROM schedule_events WHERE number IN (SELECT number FROM "
                 "schedule_events WHERE state>1 AND updated_ms<?1 LIMIT ?2)",
                 {before_ms, limit}));
}

}  // namespace notify::agent::schedule
