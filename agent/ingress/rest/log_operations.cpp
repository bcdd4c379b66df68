#include "agent/ingress/rest/log_operations.hpp"

#include <nlohmann/json.hpp>

#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

// More damaged ranges than anybody reads; their number is always told.
constexpr std::size_t kMostRanges = 1000;

async::Task<Result<Response>> Stat(eventlog::EventLog& log, Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  const auto stat = co_await log.Stat(*tenant);
  if (!stat) co_return stat.error();
  nlohmann::ordered_json body = {{"tenant", tenant->id().text()},
                                 {"epoch", stat->epoch.value},
                                 {"firstSequence", stat->first.value},
                                 {"lastSequence", stat->last.value},
                                 {"lastRecordedAt", nullptr},
                                 {"storedBlocks", stat->stored_blocks},
                                 {"storedBytes", stat->stored_bytes},
                                 {"segments", stat->segments},
                                 {"keyRuns", stat->key_runs},
                                 {"keys", stat->keys},
                                 {"journalBlocks", stat->journal_blocks},
                                 {"journalBytes", stat->journal_bytes}};
  if (stat->last_recorded_ms != 0) {
    std::string time;
    AppendRfc3339(time, stat->last_recorded_ms);
    body["lastRecordedAt"] = std::move(time);
  }
  co_return Json(body.dump());
}

async::Task<Result<Response>> Verify(eventlog::EventLog& log, Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  const auto check = co_await log.Check(*tenant);
  if (!check) co_return check.error();
  nlohmann::ordered_json damaged = nlohmann::ordered_json::array();
  std::uint64_t events = 0;
  for (const eventlog::DamagedRange& range : check->damaged) {
    events += range.last.value - range.first.value + 1;
    if (damaged.size() == kMostRanges) continue;
    damaged.push_back({{"firstSequence", range.first.value}, {"lastSequence", range.last.value}});
  }
  const nlohmann::ordered_json body = {
      {"tenant", tenant->id().text()},
      {"whole", check->damaged.empty() && check->damaged_key_runs == 0},
      {"blocks", check->blocks},
      {"events", check->events},
      {"bytes", check->bytes},
      {"damagedEvents", events},
      {"damagedKeyRuns", check->damaged_key_runs},
      {"damaged", std::move(damaged)}};
  co_return Json(body.dump());
}

}  // namespace

void AddLogOperations(Operations& operations, eventlog::EventLog& log) {
  operations.Add("getLogStat", [&log](Call& call) { return Stat(log, call); });
  operations.Add("verifyLog", [&log](Call& call) { return Verify(log, call); });
}

}  // namespace notify::agent::ingress::rest
