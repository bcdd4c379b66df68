#include "agent/consumer/dead_letter_store.hpp"

#include <utility>

#include "agent/store/aead.hpp"

namespace notify::agent::consumer {
namespace {

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

DeadLetter FromRow(const store::Row& row) {
  DeadLetter letter;
  letter.id = row.Text(0);
  letter.consumer = row.Text(1);
  letter.event = {Epoch{static_cast<std::uint64_t>(row.Integer(2))},
                  Sequence{static_cast<std::uint64_t>(row.Integer(3))}};
  letter.type = row.Text(4);
  letter.attempts = static_cast<int>(row.Integer(5));
  letter.reason = row.Text(6);
  letter.retrying = row.Integer(7) != 0;
  letter.failed_ms = row.Integer(8);
  letter.recorded_ms = row.Integer(9);
  return letter;
}

}  // namespace

std::string DeadLetterStore::Context(std::string_view id) const {
  return "dead_letter|" + tenant_.id().text() + "|" + std::string(id);
}

Status DeadLetterStore::Add(const DeadLetter& letter) {
  // Those of the hub's subscribers are counted apart: whoever may only listen must not be able to
  // fill what the tenant's backends need.
  const bool of_hub = letter.consumer.starts_with("hub/");
  const auto count = state_.Number(
      "SELECT count(*) FROM consumer_dead_letters WHERE id<>?1 AND (consumer LIKE 'hub/%')=?2",
      {letter.id, std::int64_t{of_hub}});
  if (!count) return count.error();
  if (of_hub && count->value_or(0) >= kMostOfHub) {
    auto made_room = state_.Run(
        "DELETE FROM consumer_dead_letters WHERE id=(SELECT id FROM consumer_dead_letters WHERE "
        "consumer LIKE 'hub/%' AND id<>?1 ORDER BY failed_ms,id LIMIT 1)",
        {letter.id});
    if (!made_room) return made_room.error();
  } else if (count->value_or(0) >= kMost) {
    return Fail(Errc::kConflict, "The tenant has 10,000 dead letters, as many as there can be.",
                "notifyctl dlq purge --all --yes");
  }
  std::string sealed;
  if (!letter.record.empty()) {
    store::Aead aead(tenant_.record().data_key);
    aead.Seal(random_, Context(letter.id), letter.record, sealed);
  }
  return Done(state_.Run(
      "INSERT OR REPLACE INTO consumer_dead_letters VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
      {letter.id, letter.consumer, Signed(letter.event.epoch.value),
       Signed(letter.event.sequence.value), letter.type, std::int64_t{letter.attempts},
       letter.reason, std::int64_t{letter.retrying}, letter.failed_ms, letter.recorded_ms,
       sealed.empty() ? store::Parameter(nullptr) : store::Parameter(store::Blob{sealed})}));
}

Result<std::vector<DeadLetter>> DeadLetterStore::Select(
    std::string_view where, std::initializer_list<store::Parameter> parameters, bool with_record) {
  std::vector<DeadLetter> found;
  Status status;
  store::Aead aead(tenant_.record().data_key);
  const std::string sql =
      "SELECT id,consumer,epoch,sequence,type,attempts,reason,retrying,failed_ms,recorded_ms,event "
      "FROM consumer_dead_letters WHERE " +
      std::string(where);
  auto read = state_.Query(sql, parameters, [&](const store::Row& row) {
    found.push_back(FromRow(row));
    if (!with_record || row.IsNull(10)) return true;
    if (!aead.Open(Context(found.back().id), row.Bytes(10), found.back().record)) {
      status = Fail(Errc::kInternal, "A stored dead letter cannot be opened.");
    }
    return status.has_value();
  });
  if (read && !status) read = status;
  if (!read) return read.error();
  return found;
}

Result<DeadLetter> DeadLetterStore::Get(std::string_view id) {
  auto found = Select("id=?1", {id}, true);
  if (!found) return found.error();
  if (found->empty()) {
    return Fail(Errc::kNotFound, "There is no dead letter " + std::string(id.substr(0, 64)) + ".",
                "notifyctl dlq list");
  }
  return std::move(found->front());
}

Result<std::vector<DeadLetter>> DeadLetterStore::List(std::string_view consumer,
                                                      std::int64_t failed_ms, std::string_view id,
                                                      std::size_t limit) {
  const auto most = static_cast<std::int64_t>(limit);
  if (consumer.empty()) {
    return Select("(failed_ms,id)>(?1,?2) ORDER BY failed_ms,id LIMIT ?3", {failed_ms, id, most},
                  false);
  }
  return Select("consumer=?4 AND (failed_ms,id)>(?1,?2) ORDER BY failed_ms,id LIMIT ?3",
                {failed_ms, id, most, consumer}, false);
}

Result<std::vector<DeadLetter>> DeadLetterStore::Retrying(std::string_view consumer) {
  return Select("consumer=?1 AND retrying=1 ORDER BY epoch,sequence", {consumer}, false);
}

Result<bool> DeadLetterStore::GiveBack(std::string_view id) {
  const auto changed =
      state_.Run("UPDATE consumer_dead_letters SET retrying=1 WHERE id=?1 AND retrying=0", {id});
  if (!changed) return changed.error();
  return *changed > 0;
}

Status DeadLetterStore::FailedAgain(std::string_view id, bool dead, std::int64_t now_ms) {
  return Done(
      state_.Run("UPDATE consumer_dead_letters SET attempts=attempts+1,"
                 "retrying=CASE WHEN ?2 THEN 0 ELSE retrying END,"
                 "failed_ms=CASE WHEN ?2 THEN ?3 ELSE failed_ms END WHERE id=?1",
                 {id, std::int64_t{dead}, now_ms}));
}

Result<bool> DeadLetterStore::Remove(std::string_view id) {
  const auto changed = state_.Run("DELETE FROM consumer_dead_letters WHERE id=?1", {id});
  if (!changed) return changed.error();
  return *changed > 0;
}

}  // namespace notify::agent::consumer
