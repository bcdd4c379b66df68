#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/gateway/event_extractor.hpp"
#include "agent/pipeline/intake.hpp"
#include "agent/telemetry/metrics.hpp"

namespace notify::agent::ingress {

/// What a gateway event is published with, besides the event.
struct EmitRequest {
  std::size_t io = 0;
  pipeline::Caller caller;
  Admission admission;
  async::TenantContext context;  ///< Of the request, also for what follows its answer.
  std::string address;           ///< The caller's, for the audit.
};

/// Publishes what the gateway saw, and tells where that fails: the answer passes all the same
/// (contract 6).
///
/// Lifetime: as the agent; outlives its task groups' tasks.
/// Threads:  I/O threads, each with its own index.
class EventEmitter {
 public:
  /// All outlive the emitter.
  EventEmitter(pipeline::Intake& intake, telemetry::Metrics& metrics, AuditSink& audit)
      : intake_(intake), metrics_(metrics), audit_(audit) {}

  /// Makes the event of `answered` and stores it. Ends when it is durable or cannot be stored, or
  /// after `hold`; then the rest is done by a task in `group`, which belongs to this thread. What
  /// `answered` refers to is needed only until the first suspension.
  async::Task<void> Emit(async::IoThread& io, async::TaskGroup& group, EmitRequest request,
                         AnsweredRequest answered, Clock::Duration hold);

 private:
  struct Emission;

  async::Task<void> Store(std::shared_ptr<Emission> emission);
  void Stored(const Emission& emission, const pipeline::Acknowledgement& acknowledged);
  void NotStored(const EmitRequest& request, const RouteConfig& route, const Error& error);

  pipeline::Intake& intake_;
  telemetry::Metrics& metrics_;
  AuditSink& audit_;
};

}  // namespace notify::agent::ingress
