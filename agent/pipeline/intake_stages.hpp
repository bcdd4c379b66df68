#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/auth/authenticator.hpp"
#include "agent/eventlog/event_log.hpp"
#include "agent/flow/audit_sink.hpp"
#include "agent/flow/directory.hpp"
#include "agent/pipeline/intake.hpp"
#include "agent/pipeline/scheduling.hpp"
#include "agent/quota/gates.hpp"
#include "agent/schema/schemas.hpp"
#include "agent/telemetry/metrics.hpp"
#include "agent/tenant/directory_publisher.hpp"
#include "common/tenancy/resolver_config.hpp"

namespace notify::agent::pipeline {

/// The stages in their order, each made elsewhere; see Intake.
///
/// Lifetime: as the agent; everything in `Parts` outlives it.
/// Threads:  I/O threads, each with its own lane.
class IntakeStages final : public Intake {
 public:
  struct Parts {
    async::Runtime& runtime;
    const tenant::DirectoryPublisher& directory;
    const auth::Issuers& issuers;
    const ResolverConfig& resolver;
    quota::Gates& gates;
    schema::Schemas& schemas;
    eventlog::EventLog& log;
    Scheduling& scheduling;
    AuditSink& audit;
    telemetry::Metrics& metrics;
    std::uint32_t own_uid = 0;
    EventLimits limits;
    std::vector<std::string> trusted_proxies;  ///< Addresses whose X-Forwarded-* count.
    /// Single-tenant mode: the one tenant, whatever the request says.
    std::optional<TenantId> only_tenant;
  };
  explicit IntakeStages(Parts parts);
  ~IntakeStages() override;

  async::Task<Result<Caller>> Admit(std::size_t io, IncomingRequest request,
                                    api::Access needed) override;
  async::Task<Result<Acknowledgement>> Publish(std::size_t io, const Caller& caller,
                                               ParsedEvents events) override;
  async::Task<Result<IncomingBatch>> ReadBatch(std::size_t io, const Caller& caller,
                                               BatchReading::Format format, std::string& body,
                                               const EventParser::Request& request) override;
  async::Task<Result<Acknowledgement>> PublishBatch(std::size_t io, const Caller& caller,
                                                    IncomingBatch batch) override;
  async::Task<Result<Admission>> Reserve(std::size_t io, const Caller& caller) override;
  async::Task<Result<Acknowledgement>> PublishReserved(std::size_t io, const Caller& caller,
                                                       Admission admission,
                                                       ParsedEvents events) override;
  EventParser& parser(std::size_t io) override;

 private:
  struct Lane;
  using RefusedEvents = std::vector<Acknowledgement::Refused>;

  Result<Caller> Decide(std::size_t io, const IncomingRequest& request, api::Access needed,
                        AuditEntry& entry, std::optional<TenantHandle>& proven);
  /// Makes guessing slow; never a valid credential.
  async::Task<void> SlowDown(std::size_t io, const IncomingRequest& request, const Error& failure);
  Result<std::optional<TenantHandle>> ResolveFor(const Directory& directory,
                                                 const Principal& principal,
                                                 const IncomingRequest& request, std::string& path);
  /// Takes out of `events` what does not fit the schema of its type, and gives that.
  async::Task<Result<RefusedEvents>> Fit(std::size_t io, TenantHandle tenant, ParsedEvents& events);
  async::Task<Result<Acknowledgement>> Store(std::size_t io, TenantHandle tenant,
                                             Admission admission, ParsedEvents events);
  Result<std::shared_ptr<quota::TenantGates>> GatesOf(std::size_t io, const Caller& caller) const;

  const Parts parts_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace notify::agent::pipeline
