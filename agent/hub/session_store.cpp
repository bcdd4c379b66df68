#include "agent/hub/session_store.hpp"

#include <array>
#include <chrono>
#include <utility>

#include "agent/async/run_on.hpp"
#include "common/encoding.hpp"
#include "common/log.hpp"

namespace notify::agent::hub {
namespace {

constexpr std::int64_t kKeptMs = 5 * 60 * 1000;
constexpr std::int64_t kSweepMs = 60 * 1000;

// A mark is of a run: who followed the flow of an earlier one is no further than that came.
constexpr std::array<std::string_view, 1> kSteps = {
    "CREATE TABLE hub_sessions(session TEXT PRIMARY KEY, tenant TEXT NOT NULL, actor TEXT NOT NULL,"
    " state TEXT NOT NULL, open INTEGER NOT NULL, follows INTEGER, updated_ms INTEGER NOT NULL);"
    "CREATE TABLE hub_marks(tenant TEXT NOT NULL, flow INTEGER NOT NULL, epoch INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, PRIMARY KEY(tenant, flow));"
    "CREATE TABLE hub_flows(one INTEGER PRIMARY KEY CHECK(one=1), first INTEGER NOT NULL);"
    "INSERT INTO hub_flows VALUES(1, 0)"};
constexpr store::StageSchema kSchema{"hub", kSteps};

std::string NameOf(const std::string& session) { return ToHex(Sha256(session)); }

}  // namespace

Result<std::unique_ptr<SessionStore>> SessionStore::Open(async::Runtime& runtime,
                                                         store::Database& platform) {
  if (auto done = platform.Migrate(kSchema); !done) return done.error();
  auto store = std::unique_ptr<SessionStore>(new SessionStore(runtime, platform));
  const auto begin = [&]() -> Status {
    const auto first = platform.Number("SELECT first FROM hub_flows");
    if (!first) return first.error();
    store->first_flow_ = first->value_or(0) + static_cast<std::int64_t>(runtime.io_threads());
    const auto moved = platform.Run("UPDATE hub_flows SET first = ?", {store->first_flow_});
    if (!moved) return moved.error();
    const auto left = platform.Run(
        "UPDATE hub_sessions SET open = 0, updated_ms = ? WHERE open = 1", {store->NowMs()});
    if (!left) return left.error();
    return {};
  };
  if (auto begun = platform.Transaction(begin); !begun) return begun.error();
  return store;
}

std::int64_t SessionStore::NowMs() const {
  return std::chrono::floor<std::chrono::milliseconds>(runtime_.clock().WallNow())
      .time_since_epoch()
      .count();
}

async::Task<Status> SessionStore::Keep(std::size_t io, std::vector<SessionChange> changes,
                                       std::vector<FlowMark> marks) {
  const auto write = [&] {
    return platform_.Transaction([&] { return Write(io, changes, marks); });
  };
  async::CallOn writing(runtime_.platform(), write);
  Status written = co_await writing;
  if (!written) {
    log::Warning("Sessions of hub connections could not be kept: {Reason}",
                 {{"Reason", written.error().detail}});
  }
  co_return written;
}

Status SessionStore::Write(std::size_t io, const std::vector<SessionChange>& changes,
                           const std::vector<FlowMark>& marks) {
  const std::int64_t flow = first_flow_ + static_cast<std::int64_t>(io);
  for (const FlowMark& mark : marks) {
    const auto done = platform_.Run(
        "INSERT INTO hub_marks VALUES(?, ?, ?, ?) ON CONFLICT(tenant, flow)"
        " DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence",
        {mark.tenant.id().text(), flow, static_cast<std::int64_t>(mark.arrived.epoch.value),
         static_cast<std::int64_t>(mark.arrived.sequence.value)});
    if (!done) return done.error();
  }
  for (const SessionChange& change : changes) {
    if (auto done = WriteChange(flow, change); !done) return done;
  }
  const std::int64_t now = NowMs();
  if (now - swept_ms_ < kSweepMs) return {};
  swept_ms_ = now;
  const auto swept =
      platform_.Run("DELETE FROM hub_sessions WHERE open = 0 AND updated_ms < ?", {now - kKeptMs});
  if (!swept) return swept.error();
  const auto marks_swept = platform_.Run(
      "DELETE FROM hub_marks WHERE flow < ? AND NOT EXISTS(SELECT 1 FROM hub_sessions"
      " WHERE follows = flow AND hub_sessions.tenant = hub_marks.tenant)",
      {first_flow_});
  if (!marks_swept) return marks_swept.error();
  return {};
}

Status SessionStore::WriteChange(std::int64_t flow, const SessionChange& change) {
  const std::string name = NameOf(change.session);
  const auto done = platform_.Run(
      "INSERT INTO hub_sessions VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(session) DO UPDATE SET"
      " state = excluded.state, open = excluded.open, follows = excluded.follows,"
      " updated_ms = excluded.updated_ms",
      {name, change.tenant.id().text(), change.actor, change.state,
       std::int64_t{change.open ? 1 : 0},
       change.follows ? store::Parameter(flow) : store::Parameter(nullptr), NowMs()});
  if (!done) return done.error();
  return {};
}

async::Task<Result<std::optional<KeptSession>>> SessionStore::Find(TenantHandle tenant,
                                                                   std::string session,
                                                                   std::string actor) {
  const auto find = [&] { return FindHere(tenant, session, actor); };
  async::CallOn finding(runtime_.platform(), find);
  co_return co_await finding;
}

Result<std::optional<KeptSession>> SessionStore::FindHere(const TenantHandle& tenant,
                                                          const std::string& session,
                                                          const std::string& actor) {
  const std::string name = NameOf(session);
  std::optional<KeptSession> kept;
  // A session of this run is with its thread, which was asked before.
  const Status found = platform_.Query(
      "SELECT state, follows, epoch, sequence FROM hub_sessions LEFT JOIN hub_marks"
      " ON follows = flow AND hub_marks.tenant = hub_sessions.tenant"
      " WHERE session = ? AND hub_sessions.tenant = ? AND actor = ? AND open = 0"
      " AND updated_ms >= ?",
      {name, tenant.id().text(), actor, NowMs() - kKeptMs}, [&](const store::Row& row) {
        kept.emplace();
        kept->state = row.Text(0);
        if (!row.IsNull(2)) {
          kept->follows = Position{Epoch{static_cast<std::uint64_t>(row.Integer(2))},
                                   Sequence{static_cast<std::uint64_t>(row.Integer(3))}};
        }
        return false;
      });
  if (!found) return found.error();
  return kept;
}

}  // namespace notify::agent::hub
