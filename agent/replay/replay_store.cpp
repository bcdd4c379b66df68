#include "agent/replay/replay_store.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/store/aead.hpp"

namespace notify::agent::replay {
namespace {

using store::Blob;
using store::Row;

// Tokens are UUIDv7, or derived from an idempotency key: `number` keeps the order of their making.
constexpr std::array<std::string_view, 1> kSteps = {R"(
CREATE TABLE replay_jobs(
  number INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, request TEXT NOT NULL, body TEXT NOT NULL,
  state INTEGER NOT NULL, attended INTEGER NOT NULL, start_epoch INTEGER NOT NULL,
  start_sequence INTEGER NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  sent INTEGER NOT NULL, skipped INTEGER NOT NULL, failed INTEGER NOT NULL,
  duplicates INTEGER NOT NULL, gaps TEXT NOT NULL, error TEXT NOT NULL, created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL, running_ms INTEGER NOT NULL, secret BLOB);
CREATE INDEX replay_open ON replay_jobs(state) WHERE state<2)"};

constexpr std::string_view kColumns =
    "token,request,body,state,start_epoch,start_sequence,epoch,sequence,first_sequence,first_ms,"
    "last_ms,sent,skipped,failed,duplicates,gaps,error,created_ms,updated_ms,running_ms,secret ";

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t Unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

Position PositionOf(const Row& row, int column) {
  return {Epoch{Unsigned(row.Integer(column))}, Sequence{Unsigned(row.Integer(column + 1))}};
}

// `[["retention","0-0","1000-7",7], …]`
std::string GapsText(const std::vector<Gap>& gaps) {
  nlohmann::json list = nlohmann::json::array();
  for (const Gap& gap : gaps) {
    list.push_back({static_cast<int>(gap.reason), gap.requested.ToString(),
                    gap.resumed_after.ToString(),
                    gap.missed ? nlohmann::json(*gap.missed) : nlohmann::json()});
  }
  return list.dump();
}

std::vector<Gap> GapsOf(const std::string& text) {
  std::vector<Gap> gaps;
  const auto list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array()) return gaps;
  for (const auto& item : list) {
    if (!item.is_array() || item.size() != 4) continue;
    Gap gap;
    gap.reason = static_cast<Gap::Reason>(item.at(0).get<int>());
    gap.requested = Position::Parse(item.at(1).get<std::string>()).value_or(Position{});
    gap.resumed_after = Position::Parse(item.at(2).get<std::string>()).value_or(Position{});
    if (item.at(3).is_number()) gap.missed = item.at(3).get<std::uint64_t>();
    gaps.push_back(gap);
  }
  return gaps;
}

Result<Replay> FromRow(const Row& row) {
  Replay replay;
  replay.token = row.Text(0);
  auto request = ParseStoredRequest(row.Text(1));
  if (!request) return Fail(Errc::kInternal, "A stored replay cannot be read.");
  replay.request = std::move(*request);
  replay.body = row.Text(2);
  replay.state = static_cast<State>(row.Integer(3));
  replay.start = PositionOf(row, 4);
  replay.position = PositionOf(row, 6);
  if (row.Integer(8) > 0) {
    replay.first = Position{replay.start.epoch, Sequence{Unsigned(row.Integer(8))}};
  }
  replay.first_ms = row.Integer(9);
  replay.last_ms = row.Integer(10);
  replay.counts = {Unsigned(row.Integer(11)), Unsigned(row.Integer(12)), Unsigned(row.Integer(13)),
                   Unsigned(row.Integer(14))};
  replay.gaps = GapsOf(row.Text(15));
  replay.error = row.Text(16);
  replay.created_ms = row.Integer(17);
  replay.updated_ms = row.Integer(18);
  replay.running_ms = row.Integer(19);
  return replay;
}

std::int64_t FirstOf(const Replay& replay) {
  return replay.first ? Signed(replay.first->sequence.value) : 0;
}

}  // namespace

const store::StageSchema ReplayStore::kSchema = {"replay", kSteps};

std::string ReplayStore::Sealed(const Replay& replay) {
  std::string sealed;
  store::Aead aead(tenant_.record().data_key);
  aead.Seal(random_, "replay|" + tenant_.id().text() + "|" + replay.token,
            replay.request.target.secret.Reveal(), sealed);
  return sealed;
}

Result<Secret> ReplayStore::Opened(std::string_view token, std::string_view sealed) {
  std::string plain;
  store::Aead aead(tenant_.record().data_key);
  auto opened =
      aead.Open("replay|" + tenant_.id().text() + "|" + std::string(token), sealed, plain);
  if (!opened) return Fail(Errc::kInternal, "The secret of a stored replay cannot be opened.");
  return Secret(std::move(plain));
}

Status ReplayStore::Add(const Replay& replay) {
  const std::string request = RequestJson(replay.request);
  const std::string gaps = GapsText(replay.gaps);
  const bool keeps_secret = !replay.request.target.secret.empty();
  const std::string sealed = keeps_secret ? Sealed(replay) : std::string();
  return state_.Transaction([&]() -> Status {
    auto added = state_.Run(
        "INSERT INTO replay_jobs(token,request,body,state,attended,start_epoch,start_sequence,"
        "epoch,sequence,first_sequence,first_ms,last_ms,sent,skipped,failed,duplicates,gaps,error,"
        "created_ms,updated_ms,running_ms,secret) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,"
        "?13,?14,?15,?16,?17,?18,?19,?20,?21,?22)",
        {replay.token,
         request,
         replay.body,
         static_cast<std::int64_t>(replay.state),
         std::int64_t{replay.request.attended},
         Signed(replay.start.epoch.value),
         Signed(replay.start.sequence.value),
         Signed(replay.position.epoch.value),
         Signed(replay.position.sequence.value),
         FirstOf(replay),
         replay.first_ms,
         replay.last_ms,
         Signed(replay.counts.sent),
         Signed(replay.counts.skipped),
         Signed(replay.counts.failed),
         Signed(replay.counts.duplicates),
         gaps,
         replay.error,
         replay.created_ms,
         replay.updated_ms,
         replay.running_ms,
         keeps_secret ? store::Parameter(Blob{sealed}) : store::Parameter(nullptr)});
    if (!added) return added.error();
    return Done(state_.Run(
        "DELETE FROM replay_jobs WHERE state>=2 AND number NOT IN (SELECT number FROM replay_jobs "
        "ORDER BY number DESC LIMIT ?1)",
        {kKept}));
  });
}

Status ReplayStore::Save(const Replay& replay) {
  const std::string request = RequestJson(replay.request);
  const std::string gaps = GapsText(replay.gaps);
  return Done(state_.Run(
      "UPDATE replay_jobs SET request=?2,state=?3,attended=?4,epoch=?5,sequence=?6,"
      "first_sequence=?7,first_ms=?8,last_ms=?9,sent=?10,skipped=?11,failed=?12,duplicates=?13,"
      "gaps=?14,error=?15,updated_ms=?16,running_ms=?17,"
      "secret=CASE WHEN ?18 THEN NULL ELSE secret END WHERE token=?1",
      {replay.token, request, static_cast<std::int64_t>(replay.state),
       std::int64_t{replay.request.attended}, Signed(replay.position.epoch.value),
       Signed(replay.position.sequence.value), FirstOf(replay), replay.first_ms, replay.last_ms,
       Signed(replay.counts.sent), Signed(replay.counts.skipped), Signed(replay.counts.failed),
       Signed(replay.counts.duplicates), gaps, replay.error, replay.updated_ms, replay.running_ms,
       std::int64_t{replay.ended()}}));
}

Result<std::vector<Replay>> ReplayStore::Select(
    std::string_view where, std::initializer_list<store::Parameter> parameters) {
  std::vector<Replay> found;
  Status status;
  const std::string sql =
      "SELECT " + std::string(kColumns) + "FROM replay_jobs " + std::string(where);
  auto read = state_.Query(sql, parameters, [&](const Row& row) {
    auto replay = FromRow(row);
    if (!replay) {
      status = replay.error();
      return false;
    }
    if (!row.IsNull(20)) {
      auto secret = Opened(replay->token, row.Bytes(20));
      if (!secret) {
        status = secret.error();
        return false;
      }
      replay->request.target.secret = std::move(*secret);
    }
    found.push_back(std::move(*replay));
    return true;
  });
  if (!read) return read.error();
  if (!status) return status.error();
  return found;
}

Result<std::optional<Replay>> ReplayStore::Find(std::string_view token) {
  auto found = Select("WHERE token=?1", {token});
  if (!found) return found.error();
  if (found->empty()) return std::optional<Replay>();
  return std::optional(std::move(found->front()));
}

Result<std::vector<Replay>> ReplayStore::List(std::string_view before, std::size_t limit) {
  const auto most = static_cast<std::int64_t>(limit);
  if (before.empty()) return Select("ORDER BY number DESC LIMIT ?1", {most});
  return Select(
      "WHERE number<(SELECT number FROM replay_jobs WHERE token=?1) ORDER BY number DESC LIMIT ?2",
      {before, most});
}

Result<std::vector<std::string>> ReplayStore::Unattended() {
  std::vector<std::string> tokens;
  auto read = state_.Query("SELECT token FROM replay_jobs WHERE state=0 AND attended=0 LIMIT 100",
                           {}, [&](const Row& row) {
                             tokens.push_back(row.Text(0));
                             return true;
                           });
  if (!read) return read.error();
  return tokens;
}

Result<std::int64_t> ReplayStore::CountOpen() {
  auto count = state_.Number("SELECT count(*) FROM replay_jobs WHERE state<2");
  if (!count) return count.error();
  return count->value_or(0);
}

}  // namespace notify::agent::replay
