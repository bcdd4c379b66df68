#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/pipeline/intake.hpp"
#include "agent/quota/quota_gate.hpp"
#include "common/model/event.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::auth {

/// Stands in for the product's authentication in tests that do not link it.
class Authenticator {
 public:
  static Principal Publisher(std::string actor) {
    Principal principal;
    principal.actor_ = std::move(actor);
    principal.roles_ = Role::kPublisher;
    return principal;
  }
};

}  // namespace notify::agent::auth

namespace notify::testing_support {

/// A publisher of the tenant, as the stages before the gateway admit one.
inline agent::pipeline::Caller PublisherOf(const std::string& tenant, std::string path) {
  return {agent::auth::Authenticator::Publisher("key:k1"), TestTenant(tenant), std::move(path)};
}

/// An intake that keeps what is published, or fails as it is told.
class RecordingIntake final : public agent::pipeline::Intake {
 public:
  struct Published {
    std::string type;
    std::string subject;
    std::string correlation_id;
    std::string duplicate_key;
    std::string data;
  };

  explicit RecordingIntake(agent::async::Runtime& runtime)
      : runtime_(runtime),
        parser_(runtime.clock(), runtime.random(), {}),
        gate_(runtime.clock(), TenantId::Parse("blue").value(), std::nullopt) {}

  agent::async::Task<Result<agent::pipeline::Caller>> Admit(std::size_t,
                                                            agent::pipeline::IncomingRequest,
                                                            api::Access) override {
    co_return Fail(Errc::kInternal, "The gateway is asked after admission.");
  }
  agent::async::Task<Result<agent::pipeline::Acknowledgement>> Publish(
      std::size_t, const agent::pipeline::Caller&, ParsedEvents) override {
    co_return Fail(Errc::kInternal, "The gateway reserves first.");
  }
  agent::async::Task<Result<agent::pipeline::IncomingBatch>> ReadBatch(
      std::size_t, const agent::pipeline::Caller&, BatchReading::Format, std::string&,
      const EventParser::Request&) override {
    co_return Fail(Errc::kInternal, "Nobody sends batches here.");
  }
  agent::async::Task<Result<agent::pipeline::Acknowledgement>> PublishBatch(
      std::size_t, const agent::pipeline::Caller&, agent::pipeline::IncomingBatch) override {
    co_return Fail(Errc::kInternal, "Nobody sends batches here.");
  }
  agent::async::Task<Result<agent::Admission>> Reserve(std::size_t,
                                                       const agent::pipeline::Caller&) override {
    if (refusal) co_return *refusal;
    ++reserved;
    co_return gate_.TryAdmit(1);
  }
  agent::async::Task<Result<agent::pipeline::Acknowledgement>> PublishReserved(
      std::size_t io, const agent::pipeline::Caller&, agent::Admission admission,
      ParsedEvents events) override {
    co_await runtime_.io(io).timers().Sleep(commit_time);
    if (failure) co_return *failure;
    EventView event;
    ReadRecord(events.batch.Record(0), event);
    published.push_back({std::string(event.type), std::string(event.subject),
                         std::string(event.correlationid), std::string(event.idempotency_key),
                         std::string(event.data)});
    admission.Settle(1);
    agent::pipeline::Acknowledgement done;
    done.accepted = 1;
    co_return done;
  }
  EventParser& parser(std::size_t) override { return parser_; }

  std::optional<Error> refusal;  ///< What Reserve says.
  std::optional<Error> failure;  ///< What PublishReserved says.
  Clock::Duration commit_time = std::chrono::milliseconds(1);
  int reserved = 0;
  std::vector<Published> published;

 private:
  agent::async::Runtime& runtime_;
  EventParser parser_;
  agent::quota::QuotaGate gate_;
};

}  // namespace notify::testing_support
