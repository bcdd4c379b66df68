#include "agent/ingress/rest/log_operations.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"
#include "common/model/object_reader.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

// More damaged ranges than anybody reads; their number is always told.
constexpr std::size_t kMostRanges = 1000;

constexpr std::size_t kMaxBody = 16 << 10;

nlohmann::ordered_json TimeJson(std::int64_t ms) {
  if (ms <= 0) return nullptr;
  std::string time;
  AppendRfc3339(time, ms);
  return time;
}

template <typename T>
nlohmann::ordered_json NumberJson(const std::optional<T>& number) {
  return number ? nlohmann::ordered_json(*number) : nlohmann::ordered_json();
}

nlohmann::ordered_json HoldsJson(const std::vector<HeldEvents>& held) {
  nlohmann::ordered_json holds = nlohmann::ordered_json::array();
  for (const HeldEvents& one : held) {
    holds.push_back({{"holder", one.holder},
                     {"after", one.after.ToString()},
                     {"since", TimeJson(one.since_ms)}});
  }
  return holds;
}

nlohmann::ordered_json LimitsJson(const eventlog::RetentionLimits& limits) {
  return {{"maxAgeSeconds", limits.max_age_ms / 1000},
          {"keepBytes", limits.keep_bytes},
          {"maxBytes", NumberJson(limits.max_bytes)},
          {"maxEvents", NumberJson(limits.max_events)},
          {"storageBytes", limits.storage_bytes}};
}

async::Task<Result<Response>> Stat(eventlog::EventLog& log, Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  const auto stat = co_await log.Stat(*tenant);
  if (!stat) co_return stat.error();
  const auto standing = co_await log.Standing(*tenant);
  if (!standing) co_return standing.error();
  nlohmann::ordered_json body = {{"tenant", tenant->id().text()},
                                 {"epoch", stat->epoch.value},
                                 {"firstSequence", stat->first.value},
                                 {"lastSequence", stat->last.value},
                                 {"firstRecordedAt", TimeJson(stat->first_recorded_ms)},
                                 {"lastRecordedAt", TimeJson(stat->last_recorded_ms)},
                                 {"storedBlocks", stat->stored_blocks},
                                 {"storedBytes", stat->stored_bytes},
                                 {"segments", stat->segments},
                                 {"keyRuns", stat->key_runs},
                                 {"keys", stat->keys},
                                 {"journalBlocks", stat->journal_blocks},
                                 {"journalBytes", stat->journal_bytes},
                                 {"limits", LimitsJson(standing->limits)},
                                 {"holds", HoldsJson(standing->held)},
                                 {"heldBy", nullptr},
                                 {"disk", eventlog::DiskLevelName(standing->level)},
                                 {"refused", nullptr}};
  if (!standing->held_by.empty()) body["heldBy"] = standing->held_by;
  if (standing->refused) body["refused"] = standing->refused->detail;
  co_return Json(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
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

nlohmann::ordered_json PlanJson(const eventlog::CompactionPlan& plan) {
  return {{"segments", plan.segments},
          {"segmentBytes", plan.bytes},
          {"deadBytes", plan.dead_bytes()},
          {"smallBlocks", plan.small_blocks},
          {"rewrittenSegments", plan.rewritten_segments},
          {"rewrittenBytes", plan.rewritten_bytes}};
}

Response ReportJson(const TenantHandle& tenant, const eventlog::CompactionReport& report,
                    int status) {
  nlohmann::ordered_json body = {{"tenant", tenant.id().text()},
                                 {"state", eventlog::CompactionStateName(report.state)},
                                 {"progress", report.progress},
                                 {"plan", PlanJson(report.plan)},
                                 {"mergedBlocks", report.merged_blocks},
                                 {"writtenBytes", report.rewritten_bytes},
                                 {"freedBytes", report.freed_bytes},
                                 {"error", nullptr}};
  if (!report.error.empty()) body["error"] = report.error;
  return Json(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), status);
}

async::Task<Result<Response>> Compact(const LogParts& parts, Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  const std::string dry_run = call.head().Query("dryRun").value_or("false");
  if (dry_run != "true" && dry_run != "false") {
    co_return Fail(Errc::kInvalidArgument, "dryRun must be true or false.");
  }
  if (dry_run == "true") {
    const auto plan = co_await parts.log.PlanCompaction(*tenant);
    if (!plan) co_return plan.error();
    nlohmann::ordered_json body = {{"tenant", tenant->id().text()}, {"dryRun", true}};
    body["plan"] = PlanJson(*plan);
    co_return Json(body.dump());
  }
  const auto begun = co_await parts.log.Compact(*tenant);
  Note(parts.audit, call, "log.compact", "log:" + tenant->id().text(), begun);
  if (!begun) co_return begun.error();
  co_return ReportJson(*tenant, *begun, 202);
}

async::Task<Result<Response>> Compaction(const LogParts& parts, Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  const auto report = co_await parts.log.Compaction(*tenant);
  if (!report) {
    co_return Fail(Errc::kNotFound, "The log was not compacted since the agent started.",
                   "notifyctl log compact");
  }
  co_return ReportJson(*tenant, *report, 200);
}

/// `reason` of the body of a hold. kInvalidArgument.
Result<std::string> ReasonIn(std::string_view body) {
  const auto json = ParseJsonObject(body);
  if (!json) return json.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*json, "", errors);
  std::string reason = reader.RequiredText("reason");
  reader.RefuseOthers();
  if (auto fine = RefuseIfAny(std::move(errors)); !fine) return fine.error();
  return reason;
}

async::Task<Result<Response>> SetHold(const LogParts& parts, const TenantHandle& tenant,
                                      nlohmann::ordered_json reason) {
  const nlohmann::ordered_json change = {{"config", {{"retention.legal_hold", reason}}}};
  auto changed = co_await parts.registry.Update(tenant.id(), change.dump());
  if (!changed) co_return changed.error();
  // What was decided before the hold is done, or is not done any more.
  auto applied = co_await parts.log.ApplyRetention(tenant);
  if (!applied) co_return applied.error();
  const nlohmann::ordered_json body = {{"tenant", tenant.id().text()}, {"legalHold", reason}};
  co_return Json(body.dump());
}

async::Task<Result<Response>> Hold(const LogParts& parts, Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  auto body = co_await call.exchange.ReadBody(kMaxBody);
  if (!body) co_return body.error();
  auto reason = ReasonIn(*body);
  if (!reason) co_return reason.error();
  auto set = co_await SetHold(parts, *tenant, std::move(*reason));
  Note(parts.audit, call, "log.hold", "log:" + tenant->id().text(), set);
  co_return set;
}

async::Task<Result<Response>> Release(const LogParts& parts, Call& call) {
  const auto tenant = TenantOf(call);
  if (!tenant) co_return tenant.error();
  auto set = co_await SetHold(parts, *tenant, nullptr);
  Note(parts.audit, call, "log.release", "log:" + tenant->id().text(), set);
  co_return set;
}

}  // namespace

void AddLogOperations(Operations& operations, LogParts parts) {
  operations.Add("getLogStat", [&log = parts.log](Call& call) { return Stat(log, call); });
  operations.Add("verifyLog", [&log = parts.log](Call& call) { return Verify(log, call); });
  // Shared by the operations, which live as long as the server.
  const auto shared = std::make_shared<const LogParts>(parts);
  operations.Add("compactLog", [shared](Call& call) { return Compact(*shared, call); });
  operations.Add("getLogCompaction", [shared](Call& call) { return Compaction(*shared, call); });
  operations.Add("holdLog", [shared](Call& call) { return Hold(*shared, call); });
  operations.Add("releaseLog", [shared](Call& call) { return Release(*shared, call); });
}

}  // namespace notify::agent::ingress::rest
