#include "agent/pipeline/own_events.hpp"

#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/pipeline/version_conflict.hpp"
#include "common/json_text.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::pipeline {
namespace {

/// What the record's views point into besides the event itself.
struct Filled {
  std::string id;
  std::string source;
  std::string time;
  std::string replayof;
};

EventView ViewOf(const OwnEvent& own, Filled& filled) {
  EventView event;
  event.id = own.id.empty() ? filled.id : own.id;
  event.source = filled.source;
  event.type = own.type;
  event.time = filled.time;
  event.subject = own.subject;
  event.userid = own.userid;
  event.correlationid = own.correlationid;
  event.causationid = own.causationid;
  if (!own.replayof.empty()) {
    AppendJsonString(filled.replayof, own.replayof);
    event.extensions.push_back({"replayof", filled.replayof});
  }
  event.data_kind = own.data_json.empty() ? DataKind::kNone : DataKind::kJson;
  event.data = own.data_json;
  return event;
}

}  // namespace

OwnEvents::OwnEvents(async::Runtime& runtime, quota::Gates& gates, eventlog::EventLog& log)
    : runtime_(runtime), gates_(gates), log_(log), sealer_(runtime.random()) {}

async::Task<Result<std::vector<OwnPosition>>> OwnEvents::Append(TenantHandle tenant,
                                                                std::vector<OwnEvent> events) {
  async::RunOn there(runtime_.platform(), AppendHere(std::move(tenant), std::move(events)));
  co_return co_await there;
}

async::Task<Result<std::vector<OwnPosition>>> OwnEvents::AppendHere(TenantHandle tenant,
                                                                    std::vector<OwnEvent> events) {
  EventBatch batch;
  std::vector<bool> keyed;
  for (const OwnEvent& own : events) {
    Filled filled{own.id.empty() ? NewUuid7(runtime_.clock(), runtime_.random()) : std::string(),
                  "/tenants/" + tenant.id().text() + "/agent",
                  FormatRfc3339(runtime_.clock().WallNow()),
                  {}};
    batch.offsets.push_back(static_cast<std::uint32_t>(batch.records.size()));
    AppendRecord(batch.records, ViewOf(own, filled));
    keyed.push_back(!own.id.empty());
  }
  co_return co_await Store(std::move(tenant), std::move(batch), std::move(keyed));
}

async::Task<Result<std::vector<OwnPosition>>> OwnEvents::AppendHeld(TenantHandle tenant,
                                                                    EventBatch events) {
  std::vector<bool> keyed(events.size(), true);
  async::RunOn there(runtime_.platform(),
                     Store(std::move(tenant), std::move(events), std::move(keyed)));
  co_return co_await there;
}

async::Task<Result<std::vector<OwnPosition>>> OwnEvents::Store(TenantHandle tenant,
                                                               EventBatch batch,
                                                               std::vector<bool> keyed) {
  const auto count = static_cast<std::uint32_t>(batch.size());
  // A tenant that is being made has no gates yet, and its first event is the agent's own.
  std::shared_ptr<quota::TenantGates> gates = gates_.OfPlatform(tenant.id());
  quota::QuotaGate unlimited(runtime_.clock(), tenant.id(), std::nullopt);
  Admission admission = gates ? gates->quota.AdmitOwn(count) : unlimited.AdmitOwn(count);
  eventlog::SealedBatch sealed = sealer_.Seal(tenant, std::move(batch), keyed);
  sealed.JudgeEachAlone();
  auto stored = co_await log_.Append(tenant, std::move(admission), std::move(sealed), true);
  if (!stored) co_return stored.error();
  std::vector<OwnPosition> positions(count);
  std::uint64_t next = stored->first.value;
  std::size_t duplicate = 0;
  for (const eventlog::StreamConflict& conflict : stored->conflicts) {
    positions[conflict.index].refused = VersionConflict(conflict);
  }
  for (std::size_t i = 0; i < positions.size(); ++i) {
    positions[i].position.epoch = stored->epoch;
    if (duplicate < stored->duplicates.size() && stored->duplicates[duplicate].index == i) {
      positions[i].duplicate = true;
      positions[i].position.sequence = stored->duplicates[duplicate++].sequence;
    } else if (!positions[i].refused) {
      positions[i].position.sequence.value = next++;
    }
  }
  co_return positions;
}

}  // namespace notify::agent::pipeline
