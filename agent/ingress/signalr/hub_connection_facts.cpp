// What an operator sees of a hub connection, and asks its client.

#include <utility>

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

}  // namespace notify::agent::ingress::signalr
