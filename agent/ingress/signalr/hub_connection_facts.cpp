// What an operator sees of a hub connection and asks its client, and what is recorded of it.

#include <utility>

#include "agent/auth/roles.hpp"
#include "agent/ingress/signalr/hub_connection.hpp"

namespace notify::agent::ingress::signalr {

hub::SubscriberFacts HubConnection::Facts() const {
  const Clock& clock = lane_.io.timers().clock();
  hub::SubscriberFacts facts;
  facts.transport = MetricName(origin_.transport);
  if (reading_ != nullptr) facts.protocol = reading_->Name();
  facts.roles = principal_.roles();
  facts.since =
      clock.WallNow() - std::chrono::duration_cast<Clock::WallTime::duration>(clock.Now() - begun_);
  facts.address = std::string(origin_.address());
  facts.agent = std::string(origin_.user_agent());
  facts.queued_bytes = box_.bytes();
  facts.stateful = buffer_ != nullptr;
  facts.detached = transport_ == nullptr;
  return facts;
}

async::Task<Result<std::string>> HubConnection::Ask(std::string method,
                                                    std::vector<std::string> arguments,
                                                    Clock::Duration limit) {
  const auto self = shared_from_this();
  if (closing_) co_return Fail(Errc::kUnavailable, "The connection ended.");
  if (!HasRoom()) co_return Fail(Errc::kUnavailable, "The connection is too slow to be asked now.");
  async::Task<Result<std::string>> asking =
      invocations_.Ask(std::move(method), std::move(arguments), limit);
  co_return co_await asking;
}

void HubConnection::CountInvocation(std::string_view method, std::string_view result) {
  services_.metrics.hub_invocations.For(tenant_.id(), method, result).Add();
}

void HubConnection::Audit(AuditEntry entry) {
  entry.actor = principal_.actor();
  entry.role = auth::ToString(principal_.roles());
  entry.tenant = tenant_.id().text();
  entry.address = std::string(origin_.address());
  entry.correlation_id = std::string(origin_.correlation_id());
  services_.audit.Record(tenant_, std::move(entry));
}

void HubConnection::AuditRefusal(std::string action, std::string target, const Error& error,
                                 std::int64_t times) {
  services_.metrics.refusals.For(error.code, tenant_.id()).Add(static_cast<std::uint64_t>(times));
  AuditEntry entry;
  entry.action = std::move(action);
  entry.target = std::move(target);
  entry.result = "refused";
  entry.code = Describe(error.code).name;
  entry.times = times;
  Audit(std::move(entry));
}

}  // namespace notify::agent::ingress::signalr
