#include "agent/ingress/signalr/long_poll_transport.hpp"

#include <utility>

#include "agent/ingress/signalr/hub_connection.hpp"

namespace notify::agent::ingress::signalr {

LongPollTransport::LongPollTransport(HubConnection& connection)
    : connection_(connection), polled_(connection.lane().io.timers().clock().Now()) {}

async::Task<LongPollTransport::Answer> LongPollTransport::Poll() {
  // The connection, and so this, may be over before the poll is.
  const auto self = connection_.transport();
  const auto connection = connection_.shared_from_this();
  async::Timers& timers = connection_.lane().io.timers();
  const std::uint64_t mine = ++last_poll_;
  const Clock::TimePoint until = timers.clock().Now() + connection_.services().times.poll_timeout;
  Answer answer;
  if (std::exchange(polling_, true)) changed_.Notify();
  while (mine == last_poll_ && connection_.outbox().empty() && !ended_) {
    const Clock::Duration left = until - timers.clock().Now();
    if (left <= Clock::Duration::zero()) break;
    co_await changed_.WaitFor(timers, left);
  }
  if (mine != last_poll_) {
    answer.over = true;
    co_return answer;
  }
  polling_ = false;
  polled_ = timers.clock().Now();
  if (!connection_.outbox().empty()) {
    answer.body = connection_.outbox().TakeAll();
    connection_.RoomAgain();
  } else if (ended_) {
    answer.over = true;
    Over();
  }
  co_return answer;
}

void LongPollTransport::Delete() {
  connection_.outbox().Reset();
  ended_ = true;
  changed_.Notify();
  if (!polling_) Over();
}

void LongPollTransport::Write() {
  if (!connection_.outbox().empty()) changed_.Notify();
}

void LongPollTransport::End(bool) {
  ended_ = true;
  changed_.Notify();
}

void LongPollTransport::Abort() {
  connection_.outbox().Reset();
  ended_ = true;
  changed_.Notify();
}

void LongPollTransport::Look(Clock::TimePoint now) {
  if (!polling_ && now - polled_ >= connection_.services().times.disconnect_timeout) Over();
}

void LongPollTransport::Over() { connection_.Detached(*this, true); }

}  // namespace notify::agent::ingress::signalr
