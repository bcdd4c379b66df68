#include "agent/ingress/gateway/upstream_client.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent::ingress {
namespace {

/// Whether a connection that nobody used is still worth a request: open, and silent.
bool Alive(async::Stream& stream) {
  char byte = 0;
  const auto got = stream.TryRead(std::span(&byte, 1));
  return got && !*got;
}

}  // namespace

UpstreamClient::Answer::Answer(UpstreamClient& client, std::unique_ptr<async::Stream> stream,
                               const async::Endpoint& to, Clock::Duration timeout)
    : client_(client),
      upstream_(to.ToString()),
      reply_(client.io_, std::move(stream), upstream_, timeout) {
  client_.open_.insert(this);
}

UpstreamClient::Answer::~Answer() {
  client_.open_.erase(this);
  if (auto stream = reply_.Release()) client_.Keep(upstream_, std::move(stream));
}

async::Task<Result<std::unique_ptr<UpstreamClient::Answer>>> UpstreamClient::Send(
    const UpstreamRequest& request) {
  const Clock::TimePoint end = io_.timers().clock().Now() + request.timeout;
  const std::string upstream = request.to.ToString();
  while (!closed_) {
    auto stream = TakeIdle(upstream);
    const bool kept = stream != nullptr;
    if (!kept) {
      const auto limit = std::min(request.connect_timeout, request.timeout);
      auto connected = co_await io_.Connect(request.to, limit);
      if (!connected) co_return connected.error();
      if (closed_) break;
      stream = std::move(*connected);
    }
    const auto left = end - io_.timers().clock().Now();
    std::unique_ptr<Answer> answer(new Answer(*this, std::move(stream), request.to, left));
    const auto begun = co_await (*answer)->Begin(request.head, request.body, request.bodyless);
    if (begun) co_return std::move(answer);
    const bool harmless =
        (*answer)->nothing_sent() || (request.safe && !(*answer)->anything_received());
    const bool again = kept && harmless && begun.error().code == Errc::kUpstreamUnreachable;
    if (!again) co_return begun.error();
    // The others that are kept to this upstream died with it.
    idle_.erase(upstream);
  }
  co_return Fail(Errc::kUnavailable, "The agent is shutting down.");
}

void UpstreamClient::Close() {
  // The destructor calls it again, on a thread that the timers do not belong to.
  if (std::exchange(closed_, true)) return;
  io_.timers().Cancel(prune_timer_);
  idle_.clear();
  for (Answer* answer : open_) (*answer)->Abort();
}

std::size_t UpstreamClient::idle() const {
  std::size_t count = 0;
  for (const auto& [upstream, connections] : idle_) count += connections.size();
  return count;
}

std::unique_ptr<async::Stream> UpstreamClient::TakeIdle(const std::string& upstream) {
  const auto found = idle_.find(upstream);
  while (found != idle_.end() && !found->second.empty()) {
    auto stream = std::move(found->second.back().stream);
    found->second.pop_back();
    if (Alive(*stream)) return stream;
  }
  return nullptr;
}

void UpstreamClient::Keep(const std::string& upstream, std::unique_ptr<async::Stream> stream) {
  if (closed_) return;
  if (idle() == 0) {
    io_.timers().Cancel(prune_timer_);
    prune_timer_ = io_.timers().After(kIdleLimit, [this] { Prune(); });
  }
  auto& connections = idle_[upstream];
  if (connections.size() >= kMaxIdle) connections.pop_front();
  connections.push_back({std::move(stream), io_.timers().clock().Now()});
}

void UpstreamClient::Prune() {
  const Clock::TimePoint now = io_.timers().clock().Now();
  std::optional<Clock::TimePoint> oldest;
  for (auto& [upstream, connections] : idle_) {
    std::erase_if(connections, [&](const Idle& one) { return one.since + kIdleLimit <= now; });
    if (!connections.empty()) {
      oldest = std::min(oldest.value_or(connections.front().since), connections.front().since);
    }
  }
  std::erase_if(idle_, [](const auto& entry) { return entry.second.empty(); });
  if (oldest) prune_timer_ = io_.timers().After(*oldest + kIdleLimit - now, [this] { Prune(); });
}

}  // namespace notify::agent::ingress
