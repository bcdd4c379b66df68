#pragma once

#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/eventlog/event_log.hpp"
#include "agent/flow/feedback.hpp"
#include "agent/quota/gates.hpp"

namespace notify::agent::pipeline {

/// Appends the agent's own events: the same way as everybody's, past the quota's AdmitOwn.
///
/// Lifetime: as the agent; what it is made of outlives it.
/// Threads:  any executor; the sealing runs on the platform executor.
class OwnEvents final : public Feedback {
 public:
  OwnEvents(async::Runtime& runtime, quota::Gates& gates, eventlog::EventLog& log);

  async::Task<Result<std::vector<OwnPosition>>> Append(TenantHandle tenant,
                                                       std::vector<OwnEvent> events) override;

  /// Appends events of callers that were admitted and accepted earlier, and whose time has come.
  /// Each can be a duplicate, and each is judged on its own where its stream does not take it. The
  /// positions are in the order of `events`.
  async::Task<Result<std::vector<OwnPosition>>> AppendHeld(TenantHandle tenant, EventBatch events);

 private:
  async::Task<Result<std::vector<OwnPosition>>> AppendHere(TenantHandle tenant,
                                                           std::vector<OwnEvent> events);
  async::Task<Result<std::vector<OwnPosition>>> Store(TenantHandle tenant, EventBatch batch,
                                                      std::vector<bool> keyed);

  async::Runtime& runtime_;
  quota::Gates& gates_;
  eventlog::EventLog& log_;
  eventlog::BlockSealer sealer_;  // Platform executor.
};

}  // namespace notify::agent::pipeline
