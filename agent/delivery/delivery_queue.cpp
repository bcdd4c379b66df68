#include "agent/delivery/delivery_queue.hpp"

#include <array>
#include <utility>

#include "agent/store/aead.hpp"

namespace notify::agent::delivery {
namespace {

using store::Blob;
using store::Parameter;
using store::Row;

constexpr std::array<std::string_view, 5> kSteps = {
    R"(
CREATE TABLE delivery_queue(
  id TEXT PRIMARY KEY, notification TEXT NOT NULL, rule TEXT NOT NULL, rule_version INTEGER NOT NULL,
  epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL,
  priority INTEGER NOT NULL, depth INTEGER NOT NULL, correlationid TEXT NOT NULL,
  userid TEXT NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL,
  next_at_ms INTEGER NOT NULL, last_error TEXT NOT NULL, created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL, reported INTEGER NOT NULL DEFAULT 0, payload BLOB) WITHOUT ROWID;
CREATE INDEX delivery_pending ON delivery_queue(channel, priority DESC, next_at_ms) WHERE state=0;
CREATE INDEX delivery_next ON delivery_queue(next_at_ms) WHERE state=0;
CREATE INDEX delivery_unreported ON delivery_queue(updated_ms) WHERE state>0 AND reported=0;
CREATE INDEX delivery_ended ON delivery_queue(updated_ms) WHERE reported=1;
CREATE INDEX delivery_of_event ON delivery_queue(epoch, sequence);
CREATE INDEX delivery_of_notification ON delivery_queue(notification);
CREATE TABLE delivery_cursor(
  one INTEGER PRIMARY KEY CHECK(one=1), epoch INTEGER NOT NULL, sequence INTEGER NOT NULL);
CREATE TABLE delivery_secrets(request TEXT PRIMARY KEY, secret BLOB NOT NULL) WITHOUT ROWID)",
    "ALTER TABLE delivery_queue ADD COLUMN taken_over INTEGER NOT NULL DEFAULT 0",
    R"(
ALTER TABLE delivery_queue ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX delivery_failed ON delivery_queue(updated_ms, id) WHERE state=3)",
    R"(
ALTER TABLE delivery_queue ADD COLUMN replay TEXT NOT NULL DEFAULT '';
ALTER TABLE delivery_queue ADD COLUMN replay_of TEXT NOT NULL DEFAULT '')",
    R"(
ALTER TABLE delivery_queue ADD COLUMN template TEXT NOT NULL DEFAULT '';
CREATE INDEX delivery_newest ON delivery_queue(created_ms, id);
CREATE INDEX delivery_of_recipient ON delivery_queue(recipient, created_ms, id);
CREATE TABLE delivery_attempts(
  delivery TEXT NOT NULL, round INTEGER NOT NULL, number INTEGER NOT NULL, at_ms INTEGER NOT NULL,
  took_ms INTEGER NOT NULL, result INTEGER NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL,
  receipt TEXT NOT NULL, PRIMARY KEY(delivery, round, number)) WITHOUT ROWID;
CREATE TRIGGER delivery_forgotten AFTER DELETE ON delivery_queue BEGIN
  DELETE FROM delivery_attempts WHERE delivery=old.id;
END)"};

constexpr std::string_view kColumns =
    "id,notification,rule,rule_version,epoch,sequence,channel,recipient,priority,depth,"
    "correlationid,userid,state,attempts,next_at_ms,last_error,created_ms,updated_ms,payload,"
    "retries,replay,replay_of,template ";

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

Position PositionOf(std::int64_t epoch, std::int64_t sequence) {
  return {Epoch{static_cast<std::uint64_t>(epoch)}, Sequence{static_cast<std::uint64_t>(sequence)}};
}

Delivery FromRow(const Row& row) {
  Delivery delivery;
  delivery.id = row.Text(0);
  delivery.notification = row.Text(1);
  delivery.rule = row.Text(2);
  delivery.rule_version = row.Integer(3);
  delivery.event = PositionOf(row.Integer(4), row.Integer(5));
  delivery.channel = row.Text(6);
  delivery.recipient = row.Text(7);
  delivery.priority = static_cast<int>(row.Integer(8));
  delivery.depth = row.Integer(9);
  delivery.correlationid = row.Text(10);
  delivery.userid = row.Text(11);
  delivery.state = static_cast<State>(row.Integer(12));
  delivery.attempts = static_cast<int>(row.Integer(13));
  delivery.next_at_ms = row.Integer(14);
  delivery.last_error = row.Text(15);
  delivery.created_ms = row.Integer(16);
  delivery.updated_ms = row.Integer(17);
  delivery.retries = static_cast<int>(row.Integer(19));
  delivery.replay = row.Text(20);
  delivery.replay_of = row.Text(21);
  delivery.template_id = row.Text(22);
  return delivery;
}

// Four texts behind one another, each after its length.
std::string Pack(const Payload& payload) {
  std::string packed;
  for (const std::string_view part :
       {std::string_view(payload.rendered), std::string_view(payload.title),
        std::string_view(payload.body), payload.secret.Reveal()}) {
    packed += std::to_string(part.size()) + ":";
    packed += part;
  }
  return packed;
}

Payload Unpack(std::string_view packed) {
  std::array<std::string, 4> parts;
  for (std::string& part : parts) {
    std::size_t length = 0;
    while (!packed.empty() && packed.front() != ':') {
      length = length * 10 + static_cast<std::size_t>(packed.front() - '0');
      packed.remove_prefix(1);
    }
    if (packed.size() <= length) break;
    part = packed.substr(1, length);
    packed.remove_prefix(1 + length);
  }
  return {std::move(parts[0]), std::move(parts[1]), std::move(parts[2]),
          Secret(std::move(parts[3]))};
}

}  // namespace

const store::StageSchema DeliveryQueue::kSchema = {"delivery", kSteps};

std::string DeliveryQueue::Sealed(std::string_view context, std::string_view plain) {
  std::string sealed;
  store::Aead aead(tenant_.record().data_key);
  aead.Seal(random_, "delivery|" + tenant_.id().text() + "|" + std::string(context), plain, sealed);
  return sealed;
}

Result<std::string> DeliveryQueue::Opened(std::string_view context, std::string_view sealed) {
  std::string plain;
  store::Aead aead(tenant_.record().data_key);
  auto status =
      aead.Open("delivery|" + tenant_.id().text() + "|" + std::string(context), sealed, plain);
  if (!status) return Fail(Errc::kInternal, "A stored delivery cannot be opened.");
  return plain;
}

Result<Position> DeliveryQueue::Cursor() {
  Position cursor;
  auto read = state_.Query("SELECT epoch,sequence FROM delivery_cursor", {}, [&](const Row& row) {
    cursor = PositionOf(row.Integer(0), row.Integer(1));
    return false;
  });
  if (!read) return read.error();
  return cursor;
}

Status DeliveryQueue::MoveCursor(Position cursor) {
  return Done(state_.Run("INSERT OR REPLACE INTO delivery_cursor VALUES(1,?1,?2)",
                         {Signed(cursor.epoch.value), Signed(cursor.sequence.value)}));
}

Status DeliveryQueue::Add(const Delivery& delivery) {
  const std::string sealed = Sealed(delivery.id, Pack(delivery.payload));
  return Done(state_.Run(
      "INSERT OR IGNORE INTO delivery_queue(id,notification,rule,rule_version,epoch,sequence,"
      "channel,recipient,priority,depth,correlationid,userid,state,attempts,next_at_ms,last_error,"
      "created_ms,updated_ms,payload,replay,replay_of,template) "
      "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22)",
      {delivery.id,
       delivery.notification,
       delivery.rule,
       delivery.rule_version,
       Signed(delivery.event.epoch.value),
       Signed(delivery.event.sequence.value),
       delivery.channel,
       delivery.recipient,
       std::int64_t{delivery.priority},
       delivery.depth,
       delivery.correlationid,
       delivery.userid,
       static_cast<std::int64_t>(delivery.state),
       std::int64_t{delivery.attempts},
       delivery.next_at_ms,
       delivery.last_error,
       delivery.created_ms,
       delivery.updated_ms,
       Blob{sealed},
       delivery.replay,
       delivery.replay_of,
       delivery.template_id}));
}

Result<std::vector<Delivery>> DeliveryQueue::Select(std::string_view where,
                                                    std::initializer_list<Parameter> parameters,
                                                    bool with_payload) {
  std::vector<Delivery> found;
  Status status;
  const std::string sql =
      "SELECT " + std::string(kColumns) + "FROM delivery_queue WHERE " + std::string(where);
  auto read = state_.Query(sql, parameters, [&](const Row& row) {
    found.push_back(FromRow(row));
    if (!with_payload || row.IsNull(18)) return true;
    auto packed = Opened(found.back().id, row.Bytes(18));
    if (packed) {
      found.back().payload = Unpack(*packed);
    } else {
      status = packed.error();
    }
    return status.has_value();
  });
  if (read && !status) read = status;
  if (!read) return read.error();
  return found;
}

Result<std::vector<Delivery>> DeliveryQueue::Due(std::string_view channel, std::int64_t now_ms,
                                                 std::int64_t longest_wait_ms, std::size_t limit) {
  return Select(
      "state=0 AND channel=?4 AND (next_at_ms<=?1 OR next_at_ms>?2) "
      "ORDER BY priority DESC,next_at_ms LIMIT ?3",
      {now_ms, now_ms + longest_wait_ms, static_cast<std::int64_t>(limit), channel}, true);
}

Result<std::optional<std::int64_t>> DeliveryQueue::NextAttempt(std::int64_t now_ms) {
  return state_.Number("SELECT min(next_at_ms) FROM delivery_queue WHERE state=0 AND next_at_ms>?1",
                       {now_ms});
}

Status DeliveryQueue::Record(const Delivery& delivery) {
  // What went out is no longer needed; what failed may be sent again by hand.
  const bool keep = delivery.state == State::kPending || delivery.state == State::kFailed;
  const auto changed = state_.Run(
      "UPDATE delivery_queue SET state=?2,attempts=?3,next_at_ms=?4,last_error=?5,updated_ms=?6,"
      "payload=CASE WHEN ?7 THEN payload END WHERE id=?1 AND state=0",
      {delivery.id, static_cast<std::int64_t>(delivery.state), std::int64_t{delivery.attempts},
       delivery.next_at_ms, delivery.last_error, delivery.updated_ms, std::int64_t{keep}});
  if (!changed) return changed.error();
  if (*changed == 0 || !delivery.attempted) return {};
  return RecordAttempt(delivery.id, *delivery.attempted);
}

Result<std::vector<Delivery>> DeliveryQueue::Unreported(std::size_t limit) {
  return Select("state>0 AND reported=0 ORDER BY updated_ms LIMIT ?1",
                {static_cast<std::int64_t>(limit)}, false);
}

Status DeliveryQueue::MarkReported(std::string_view id) {
  return Done(state_.Run("UPDATE delivery_queue SET reported=1 WHERE id=?1 AND state>0", {id}));
}

Result<Delivery> DeliveryQueue::Get(std::string_view id) {
  // Of a notification that was tried again by hand, the newest delivery.
  auto found = Select("id=?1 OR notification=?1 ORDER BY taken_over,created_ms DESC", {id}, false);
  if (!found) return found.error();
  if (found->empty()) {
    return Fail(Errc::kNotFound, "There is no delivery " + std::string(id) + ".",
                "notifyctl event get ID shows the deliveries of an event.");
  }
  return std::move(found->front());
}

Result<DeliveryPage> DeliveryQueue::List(const DeliveryFilter& filter,
                                         const std::optional<DeliveryPlace>& after,
                                         std::size_t limit) {
  // What has an index narrows in SQL; channel and state only by looking.
  std::string sql = "SELECT " + std::string(kColumns) + "FROM delivery_queue WHERE ";
  sql += filter.notification.empty() ? "?1=''" : "notification=?1";
  sql += filter.recipient.empty() ? " AND ?2=''" : " AND recipient=?2";
  sql += filter.event ? " AND epoch=?3 AND sequence=?4" : " AND ?3=?4";
  sql += after ? " AND (created_ms,id)<(?5,?6)" : " AND ?5=0 AND ?6=''";
  sql += " ORDER BY created_ms DESC,id DESC LIMIT ?7";
  const Position event = filter.event.value_or(Position{});
  const DeliveryPlace place = after.value_or(DeliveryPlace{});
  DeliveryPage page;
  std::size_t looked_at = 0;
  auto read = state_.Query(sql,
                           {filter.notification, filter.recipient, Signed(event.epoch.value),
                            Signed(event.sequence.value), place.created_ms, place.id,
                            static_cast<std::int64_t>(kMostLookedAt)},
                           [&](const Row& row) {
                             Delivery delivery = FromRow(row);
                             page.next = DeliveryPlace{delivery.created_ms, delivery.id};
                             ++looked_at;
                             if ((filter.channel.empty() || delivery.channel == filter.channel) &&
                                 (!filter.state || delivery.state == *filter.state)) {
                               page.items.push_back(std::move(delivery));
                             }
                             return page.items.size() < limit;
                           });
  if (!read) return read.error();
  if (page.items.size() < limit && looked_at < kMostLookedAt) page.next.reset();
  return page;
}

Result<std::vector<Delivery>> DeliveryQueue::OfEvent(Position event, std::size_t limit) {
  return Select(
      "epoch=?1 AND sequence=?2 ORDER BY created_ms,id LIMIT ?3",
      {Signed(event.epoch.value), Signed(event.sequence.value), static_cast<std::int64_t>(limit)},
      false);
}

Result<std::map<State, std::int64_t>> DeliveryQueue::CountsOfEvent(Position event) {
  std::map<State, std::int64_t> counts;
  auto read = state_.Query(
      "SELECT state,count(*) FROM delivery_queue WHERE epoch=?1 AND sequence=?2 "
      "AND taken_over=0 GROUP BY state",
      {Signed(event.epoch.value), Signed(event.sequence.value)}, [&](const Row& row) {
        counts[static_cast<State>(row.Integer(0))] = row.Integer(1);
        return true;
      });
  if (!read) return read.error();
  return counts;
}

Result<std::vector<Delivery>> DeliveryQueue::FailedOfEvent(Position event, std::size_t limit) {
  return Select(
      "epoch=?1 AND sequence=?2 AND state=3 AND taken_over=0 ORDER BY created_ms,id LIMIT ?3",
      {Signed(event.epoch.value), Signed(event.sequence.value), static_cast<std::int64_t>(limit)},
      true);
}

Status DeliveryQueue::TakeOver(std::string_view failed, const Delivery& again) {
  auto marked = state_.Run(
      "UPDATE delivery_queue SET taken_over=1,payload=NULL WHERE id=?1 AND state=3", {failed});
  if (!marked) return marked.error();
  return Add(again);
}

Result<DeliveryQueue::Pace> DeliveryQueue::Timing(std::int64_t since_ms) {
  Pace pace;
  const auto pending = state_.Number("SELECT count(*) FROM delivery_queue WHERE state=0");
  if (!pending) return pending.error();
  pace.pending = pending->value_or(0);
  std::int64_t total_ms = 0;
  auto read = state_.Query(
      "SELECT count(*),coalesce(sum(took),0),coalesce(max(took),0) FROM (SELECT "
      "updated_ms-created_ms AS took FROM delivery_queue WHERE reported=1 AND updated_ms>=?1 "
      "ORDER BY updated_ms DESC LIMIT ?2)",
      {since_ms, kMostTimed}, [&](const Row& row) {
        pace.timed = row.Integer(0);
        total_ms = row.Integer(1);
        pace.longest_ms = row.Integer(2);
        return false;
      });
  if (!read) return read.error();
  if (pace.timed > 0) {
    pace.average_ms = static_cast<double>(total_ms) / static_cast<double>(pace.timed);
  }
  return pace;
}

Result<std::vector<Delivery>> DeliveryQueue::Failed(std::int64_t updated_ms, std::string_view id,
                                                    std::size_t limit) {
  return Select(
      "state=3 AND taken_over=0 AND (updated_ms,id)>(?1,?2) ORDER BY updated_ms,id LIMIT ?3",
      {updated_ms, id, static_cast<std::int64_t>(limit)}, false);
}

Result<bool> DeliveryQueue::Retry(std::string_view id, std::int64_t now_ms) {
  const auto changed = state_.Run(
      "UPDATE delivery_queue SET state=0,attempts=0,next_at_ms=?2,updated_ms=?2,reported=0,"
      "retries=retries+1 WHERE id=?1 AND state=3 AND taken_over=0 AND reported=1 AND "
      "attempts>0",
      {id, now_ms});
  if (!changed) return changed.error();
  return *changed > 0;
}

Result<bool> DeliveryQueue::RemoveFailed(std::string_view id) {
  const auto changed = state_.Run(
      "DELETE FROM delivery_queue WHERE id=?1 AND state=3 AND taken_over=0 AND reported=1", {id});
  if (!changed) return changed.error();
  return *changed > 0;
}

Result<bool> DeliveryQueue::Idle() {
  const auto busy = state_.Number(
      "SELECT EXISTS(SELECT 1 FROM delivery_queue WHERE state=0) OR "
      "EXISTS(SELECT 1 FROM delivery_queue WHERE state>0 AND reported=0)");
  if (!busy) return busy.error();
  return busy->value_or(0) == 0;
}

Status DeliveryQueue::Forget(std::int64_t before_ms, std::int64_t limit) {
  return Done(
      state_.Run("DELETE FROM delivery_queue WHERE id IN (SELECT id FROM delivery_queue "
                 "WHERE reported=1 AND updated_ms<?1 LIMIT ?2)",
                 {before_ms, limit}));
}

}  // namespace notify::agent::delivery
